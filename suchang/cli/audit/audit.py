"""``suchang audit``: check that nobody has touched what happened."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from suchang.cli.runtime.database_urls import connected
from suchang.domain.clock import system_clock
from suchang.persistence.engine import make_engine, make_sessions
from suchang.workflows.audit import sealing
from suchang.workflows.card import status_history


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


@audit.command(epilog="Example: suchang audit status 'SC 7Q4M 2K9T X3HD' --at 2026-11-02T09:30:00+08:00")
@click.argument("name")
@click.option("--at", "moment", required=True, help="RFC 3339 time with its offset, such as 2026-11-02T09:30:00+08:00.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def status(name: str, moment: str, form: str) -> int:
    """Tell what a card (number or id) or credential (sub) was at a moment, from the audit; exit 1 unless active."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise click.UsageError(f"{moment} is no RFC 3339 time, such as 2026-11-02T09:30:00+08:00") from None
    if at.tzinfo is None:
        raise click.UsageError("the time needs its offset, such as +08:00 or Z")
    with connected() as settings:
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            then = status_history.status_at(make_sessions(engine), name, at)
        finally:
            engine.dispose()
    since = then.since.isoformat() if then.since else None
    if form == "json":
        answer = {"card": then.card, "state": then.state, "since": since, "audit_rows": list(then.audit_rows)}
        click.echo(json.dumps(answer))
    else:
        rows = ", ".join(map(str, then.audit_rows)) or "none"
        click.echo(f"{then.card}: {then.state} since {since or '-'} (audit rows {rows})")
    return 0 if then.state == "active" else 1
