"""``suchang demo-code``: the one-time password of a demo officer, in place of an authenticator."""

from __future__ import annotations

import click

from suchang.cli.runtime.database_urls import connected
from suchang.demo.sign_ins import officer_code
from suchang.domain.errors import Forbidden


@click.command("demo-code", epilog="Example: suchang demo-code approver")
@click.argument("username")
def demo_code(username: str) -> None:
    """Print the one-time password that the demo officer USERNAME types beside the password; valid for 30 seconds."""
    with connected() as settings:
        if not settings.demo:
            raise Forbidden("There are no demo officers in production.")
        click.echo(officer_code(settings, username))
