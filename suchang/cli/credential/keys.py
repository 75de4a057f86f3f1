"""``suchang keys``: the issuer's ring of signing keys."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress as Bar

from suchang.app import make_collaborators
from suchang.cli.runtime.database_urls import connected
from suchang.persistence.engine import make_engine, make_sessions
from suchang.workflows.credential import reissue
from suchang.workflows.credential import signing_keys as ring
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators


@contextmanager
def at_work() -> Iterator[Collaborators]:
    """Return the collaborators of the configured installation, for the time of one command."""
    with connected() as settings:
        engine = make_engine(settings.database_url, pool_size=2)
        try:
            yield make_collaborators(settings, make_sessions(engine))
        finally:
            engine.dispose()


@contextmanager
def progress_bar(title: str) -> Iterator[reissue.Progress]:
    """Show a bar on a terminal, and nothing elsewhere."""
    console = Console(stderr=True)
    with Bar(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


@click.group(epilog="Example: suchang keys list")
def keys() -> None:
    """List, rotate and revoke the keys that sign credentials."""


@keys.command("list", epilog="Example: suchang keys list --format json")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(form: str) -> None:
    """List all keys, oldest first."""
    with at_work() as collaborators:
        found = ring.list_keys(collaborators)
    if form == "json":
        click.echo(json.dumps({"keys": found}))
        return
    for one in found:
        span = f"{one['active_from'] or '-'} … {one['active_until'] or '-'}"
        click.echo(f"{one['kid']:14} {one['algorithm']:7} {one['state']:8} {span}")


@keys.command(epilog="Example: suchang keys rotate")
def rotate() -> None:
    """Activate the next key, retire the active one, publish a new next one."""
    with at_work() as collaborators:
        done = ring.rotate(collaborators, SYSTEM)
    click.echo(f"active {done['active']}, retired {done['retired'] or '(none)'}, next {done['next']}")


@keys.command(epilog="Example: suchang keys revoke 3vX9…")
@click.argument("kid")
def revoke(kid: str) -> None:
    """Take a retired or next key out of the ring for good."""
    with at_work() as collaborators:
        ring.revoke(collaborators, SYSTEM, kid)
    click.echo(f"revoked {kid}; what it signed is refused from now on")


@keys.command(epilog="Example: suchang keys compromise 3vX9…")
@click.argument("kid")
def compromise(kid: str) -> None:
    """Revoke a key at once, rotating first if it is the active one, and sign anew what it had signed."""
    with at_work() as collaborators, progress_bar("signing anew") as progress:
        done = reissue.compromise(collaborators, SYSTEM, kid, progress)
        # A worker that read the ring just before may still sign with this key until it reads it again.
        time.sleep(ring.MAX_AGE_SECONDS + 1)
        late = reissue.compromise(collaborators, SYSTEM, kid, progress).reissued
    click.echo(f"revoked {kid}, active {done.active}, {done.reissued + late} credentials replaced")


@keys.command(epilog="Example: SUCHANG_OLDER_KEY_ENCRYPTION_KEYS=… suchang keys reseal")
def reseal() -> None:
    """Encrypt every private key again under the present SUCHANG_KEY_ENCRYPTION_KEY."""
    with at_work() as collaborators:
        done = ring.reseal(collaborators, SYSTEM)
    click.echo(f"{done} keys sealed anew")
