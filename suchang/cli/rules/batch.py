"""``suchang rules batch``: determine everybody in a file."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from suchang.cli.main import WrongUse
from suchang.cli.pack_path import PackPath
from suchang.cli.rules.engines import SQL_ENGINES, run_engine
from suchang.eligibility import load_pack
from suchang.eligibility.batch.writing import Job, run


@click.command(
    "batch",
    epilog="Example: suchang rules batch jiangsu --input people.parquet --on 2026-11-01 --output tiers.parquet",
)
@click.argument("pack", type=PackPath())
@click.option(
    "--input", "source", type=click.Path(path_type=Path), help="people.parquet; for numpy also .csv or .jsonl"
)
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day asked about.")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="One row a person: .parquet or .csv")
@click.option(
    "--engine", type=click.Choice(["numpy", *SQL_ENGINES]), default="numpy", show_default=True, help="What evaluates."
)
@click.option("--table", help="For postgres instead of --input: a table of the configured database, maybe schema.table")
@click.option("--rules", "with_rules", is_flag=True, help="Add s_<rule> and g_<rule>, the value of every rule.")
@click.option("--on-error", type=click.Choice(["stop", "skip"]), default="stop", show_default=True, help="Bad values.")
@click.option("--ignore-unknown-facts", is_flag=True, help="Pass over columns that the pack does not have.")
def batch(
    pack: Path,
    source: Path | None,
    on: datetime,
    output: Path,
    engine: str,
    table: str | None,
    with_rules: bool,
    on_error: str,
    ignore_unknown_facts: bool,
) -> int:
    """Write id, tier, possible tier, track and deciding rule of everybody in a file.

    With --on-error skip, people with a bad value are left out and written to OUTPUT.rejects.jsonl with row and reason.
    """
    if (source is None) is (table is None):
        raise WrongUse("give either --input FILE or, with --engine postgres, --table NAME")
    people = source or Path()
    job = Job(load_pack(pack), on.date(), people, output, with_rules, on_error == "skip", ignore_unknown_facts)
    if engine != "numpy" or table is not None:
        click.echo(f"{run_engine(job, engine, table):,} people → {output}")
        return 0
    for name in job.rows.missing:
        click.echo(f"note: no column {name}; it is unknown for everybody", err=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("people", total=job.rows.count)
        done = run(job, lambda count: bar.advance(task, count))
    click.echo(f"{done.people:,} people → {output}" + (f", {done.rejected:,} rejected" if done.rejected else ""))
    return 1 if done.rejected else 0
