"""``suchang cards``: many cards at once."""

from __future__ import annotations

from pathlib import Path

import click

from suchang.cli.credential.keys import at_work, progress_bar
from suchang.domain.lifecycle import CardReason
from suchang.workflows.card import bulk_revocation
from suchang.workflows.credential import reissue
from suchang.workflows.runtime.actors import SYSTEM


@click.group(epilog="Example: suchang cards revoke --file numbers.txt --because fraud --reason '案号 …'")
def cards() -> None:
    """Revoke or print many cards at once."""


@cards.command(epilog="Example: suchang cards revoke --file numbers.txt --because mistake --reason '批量误发'")
@click.option(
    "--file",
    "source",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="One card number or card id a line; empty lines and lines that begin with # are skipped.",
)
@click.option("--because", required=True, type=click.Choice([one.value for one in CardReason]), help="Coded reason.")
@click.option("--reason", required=True, help="The reason in writing; it is kept in the audit.")
def revoke(source: Path, because: str, reason: str) -> int:
    """Revoke the cards of a file: all lines are checked first, and a file with a fault changes nothing."""
    try:
        wanted = bulk_revocation.read_numbers(source.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{source}: this is not a text file in UTF-8.") from None
    with at_work() as collaborators, progress_bar("revoking") as progress:
        faults = bulk_revocation.check(collaborators, wanted)
        for line, sentence in faults:
            click.echo(f"{source}:{line}: {sentence}", err=True)
        if faults:
            return 1
        done = bulk_revocation.revoke(collaborators, SYSTEM, wanted, CardReason(because), reason, progress)
    click.echo(f"revoked {done.revoked}, already ended {done.ended}")
    return 0


@cards.command("print-run", epilog="Example: suchang cards print-run")
def print_run() -> None:
    """Issue the printed credential of every active card that has none; goes on where a killed run stopped."""
    with at_work() as collaborators, progress_bar("issuing") as progress:
        done = reissue.print_run(collaborators, SYSTEM, progress)
    click.echo(f"issued {done} printed credentials")
