"""The WSGI entry point."""

from suchang.app import create_app

app = create_app()
