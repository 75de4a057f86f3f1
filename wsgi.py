"""The WSGI entry point."""

import gc

from suchang.app import create_app

app = create_app()

# What is loaded by now stays for good: the collector need not look at it again, nor after every 700 new objects at the
# few that a request makes.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
