"""``suchang audit``: check that nobody has touched what happened."""

from __future__ import annotations

import json
from pathlib import Path

import click

from suchang.cli.surroundings import connected
from suchang.domain.clock import system_clock
from suchang.persistence.engine import make_engine, make_sessions
from suchang.workflows import sealing


@click.group(epilog="Example: suchang audit verify --anchor var/audit/checkpoints.jsonl")
def audit() -> None:
    """Check the audit's hash chain."""


@audit.command(epilog="Example: suchang audit verify --anchor /mnt/outside/checkpoints.jsonl --format json")
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of signed checkpoints kept outside the database.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def verify(anchor: Path | None, form: str) -> int:
    """Recompute the whole chain; exit 1 when anything was changed, removed or never sealed."""
    with connected() as settings:
        outside = sealing.read_anchor(anchor) if anchor is not None else []
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            length, findings = sealing.verify_chain(
                make_sessions(engine), system_clock, sealing.Signer(settings.audit_key), outside
            )
        finally:
            engine.dispose()
    if form == "json":
        found = [{"fault": one.fault, "position": one.position, "sentence": one.sentence} for one in findings]
        answer = {"length": length, "anchor_checkpoints": len(outside), "intact": not findings, "findings": found}
        click.echo(json.dumps(answer, indent=2))
    else:
        for one in findings:
            click.echo(one.sentence)
        what = f"{length} sealed rows, {len(outside)} checkpoints of the anchor"
        click.echo(f"{what}: {'intact' if not findings else f'{len(findings)} faults'}")
        if anchor is None:
            click.echo("Checked without an anchor: a rewrite by somebody who also has the sealer's key stays unseen.")
    return 1 if findings else 0
