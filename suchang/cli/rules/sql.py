"""``suchang rules sql``: a pack as a query for a database that holds the people already."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from suchang.cli.pack_path import PackPath
from suchang.cli.rules.engines import SQL_ENGINES, checked_table
from suchang.eligibility import load_pack


@click.command(
    "sql",
    epilog="Example: suchang rules sql jiangsu --dialect postgres --on 2026-11-01 | psql province",
)
@click.argument("pack", type=PackPath())
@click.option(
    "--dialect", type=click.Choice(SQL_ENGINES), default="postgres", show_default=True, help="For which engine."
)
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day asked about.")
@click.option("--table", default="people", show_default=True, help="Table of the people, with its schema if need be.")
@click.option("--rules", "with_rules", is_flag=True, help="Add s_<rule> and g_<rule>, the value of every rule.")
def sql_command(pack: Path, dialect: str, on: datetime, table: str, with_rules: bool) -> None:
    """Print one query: id, tier, possible tier, track and deciding rule of everybody in a table, ordered by id.

    The table is as `suchang rules schema --format ddl` makes it. A null truth value means unknown.
    """
    # sqlglot takes a while to load, and no other command needs it.
    from suchang.eligibility.sql import Source, text

    loaded, day = load_pack(pack), on.date()
    click.echo(f"-- pack {loaded.id}, version {loaded.version}, on {day}, format 1")
    click.echo(text(loaded, day, dialect, Source(checked_table(table)), rules=with_rules) + ";")
