"""The engines of ``suchang rules batch`` that run the pack as one SQL query."""

from __future__ import annotations

import click

from suchang.cli.main import WrongUse
from suchang.eligibility.batch.writing import Job

SQL_ENGINES = ("duckdb", "postgres", "spark")


def checked_table(table: str) -> str:
    """Refuse what is no name of a table, optionally with its schema."""
    if not all(part.isidentifier() and part.isascii() for part in table.split(".")) or table.count(".") > 1:
        raise WrongUse(
            f"--table {table!r} is no name: letters, digits and underscores, a letter first, or schema.table"
        )
    return table


def run_engine(job: Job, engine: str, table: str | None) -> int:
    """Determine everybody in a SQL engine; give the number of people."""
    # Loading them takes a while, and numpy needs none of it.
    from suchang.eligibility.sql.running import run_duckdb, run_postgres, run_spark

    if table is not None:
        if engine != "postgres":
            raise WrongUse("--table names a table of the configured database: use it with --engine postgres")
        checked_table(table)
    else:
        _parquet(job, engine)
    if engine == "duckdb":
        return run_duckdb(job)
    if engine == "spark":
        return run_spark(job)
    # Only this engine needs the database, and what finds it takes a while to load.
    from suchang.cli.runtime.database_urls import connected

    with connected() as settings:
        # Temporary tables are the owner's to make; the application's own role only reads and writes rows.
        url = settings.migration_database_url if table is None else settings.database_url
        return run_postgres(job, url, table)


def _parquet(job: Job, engine: str) -> None:
    if job.source.suffix.lower() != ".parquet":
        raise WrongUse(f"--engine {engine} reads .parquet; for {job.source.name} use --engine numpy")
    if job.skip:
        raise WrongUse(f"--on-error skip needs --engine numpy; {engine} stops at the first bad value")
    for name in job.rows.missing:
        click.echo(f"note: no column {name}; it is unknown for everybody", err=True)
