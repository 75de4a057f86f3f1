"""Run the query in an engine, from a Parquet file or a database's own tables to a file of tiers, ordered by id."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from suchang.domain.errors import Invalid
from suchang.eligibility.batch.columns.layout import NotAColumn
from suchang.eligibility.batch.writing import Job, check_output, save
from suchang.eligibility.pack.column_schema import ddl
from suchang.eligibility.sql.loading import load_parquet
from suchang.eligibility.sql.on_spark import require_spark, spark_session
from suchang.eligibility.sql.parquet import view_of
from suchang.eligibility.sql.problems import first_problem
from suchang.eligibility.sql.query import select, text
from suchang.eligibility.sql.source import Source

_ANSWER = ("id", "tier", "possible_tier", "track", "rule")


class EngineFailed(Invalid):
    """A database could not answer; the sentence is its own."""

    slug = "engine_failed"


def run_duckdb(job: Job) -> int:
    """Let DuckDB read the Parquet file in place; give the number of people."""
    check_output(job)
    with duckdb.connect() as connection:
        source = view_of(connection, job.source, job.pack)
        try:
            _refuse(job, "duckdb", source, lambda query: connection.execute(query).fetchone())
            return save(job, connection, text(job.pack, job.on, "duckdb", source, rules=job.with_rules))
        except duckdb.Error as error:
            raise NotAColumn(f"{job.source}: {_first_line(error)}") from None


def run_postgres(job: Job, url: str, table: str | None = None) -> int:
    """Let PostgreSQL answer from its own tables, or load the Parquet file into temporary ones first."""
    check_output(job)
    try:
        with psycopg.connect(url.replace("+psycopg", "")) as database, tempfile.TemporaryDirectory() as folder:
            if table is None:
                database.execute("SET LOCAL search_path = pg_temp")
                database.execute(ddl(job.pack, "postgres").encode())
                load_parquet(database, job.source, job.pack)
                database.execute("ANALYZE")
            source = Source(table or "people")
            _refuse(job, "postgres", source, lambda query: database.execute(query.encode()).fetchone())
            answers = Path(folder) / "answers.csv"
            query = select(job.pack, job.on, "postgres", source, rules=job.with_rules)
            sql = query.sql(dialect="postgres", identify=True)
            with (
                answers.open("wb") as file,
                database.cursor().copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)".encode()) as copy,
            ):
                for block in copy:
                    file.write(block)
            # PostgreSQL itself cuts names after 63 bytes.
            return _save_csv(job, answers, query.named_selects)
    except psycopg.Error as error:
        raise EngineFailed(f"PostgreSQL: {_first_line(error)}") from None


def _save_csv(job: Job, answers: Path, names: Sequence[str]) -> int:
    with duckdb.connect() as connection:
        columns: Any = {name: "VARCHAR" if name in _ANSWER else "BOOLEAN" for name in names}
        connection.read_csv(str(answers), header=False, columns=columns).create_view("answers")
        return save(job, connection, "FROM answers")


def run_spark(job: Job) -> int:
    """Let Spark on this machine read the Parquet file in place."""
    check_output(job)
    require_spark()
    with duckdb.connect() as connection:
        source = view_of(connection, job.source, job.pack)
        with spark_session() as session, tempfile.TemporaryDirectory() as folder:
            session.read.parquet(str(job.source)).createOrReplaceTempView(source.table)
            _refuse(job, "spark", source, lambda query: session.sql(query).first())
            answers = Path(folder) / "answers"
            session.sql(text(job.pack, job.on, "spark", source, rules=job.with_rules)).write.parquet(str(answers))
            connection.read_parquet(str(answers / "*.parquet")).order('"id"').create_view("answers")
            return save(job, connection, "FROM answers")


def _refuse(job: Job, dialect: str, source: Source, ask: Any) -> None:
    """Stop at the first value that is none."""
    query = first_problem(job.pack, job.on, dialect, source)
    found = ask(query) if query else None
    if found:
        raise NotAColumn(f"person {found[0]}, column {found[1]}: a value that is none of its type; correct it")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
