"""Load a Parquet file into PostgreSQL's tables of a pack: people in one, the items of each list in one of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import sql
from sqlglot import exp
from sqlglot.expressions import Expr

from suchang.eligibility.pack.model import Fact, Pack, Type
from suchang.eligibility.sql.leaves import TYPES
from suchang.eligibility.sql.logic import present
from suchang.eligibility.sql.parquet import view_of
from suchang.eligibility.sql.source import query

_FETCH = 8192


def load_parquet(database: psycopg.Connection[Any], path: Path, pack: Pack, table: str = "people") -> None:
    """Fill empty tables made by ``rules schema --format ddl``; ``NotAColumn`` for a column of another type."""
    with duckdb.connect() as connection:
        people = view_of(connection, path, pack, "people")
        known = [fact for fact in pack.facts.values() if fact.name not in people.missing]
        scalars = [fact for fact in known if not fact.is_list]
        lists = [fact for fact in known if fact.is_list]
        complete = [fact for fact in lists if f"{fact.name}__complete" not in people.missing]
        chosen = [exp.cast(exp.column("id"), "TEXT"), *map(_scalar, scalars)]
        chosen += [present(exp.column(fact.name)) for fact in lists]
        chosen += [exp.column(f"{fact.name}__complete") for fact in complete]
        names = ["id", *(fact.name for fact in scalars), *(f"{fact.name}__known" for fact in lists)]
        names += [f"{fact.name}__complete" for fact in complete]
        _copy(database, table, names, _rows(connection, query(chosen, people.named())))
        for fact in lists:
            items = query([exp.cast(exp.column("id"), "TEXT"), exp.column(fact.name)], people.named())
            rows = _rows(connection, items.where(present(exp.column(fact.name))))
            fields = [field.name or "code" for field in fact.fields]
            _copy(database, f"{table}_{fact.name}", ["id", *fields], _items(fact, rows))


def _scalar(fact: Fact) -> Expr:
    value = exp.column(fact.name)
    return exp.cast(value, TYPES[Type.DECIMAL]) if fact.type is Type.DECIMAL else value


def _rows(connection: duckdb.DuckDBPyConnection, chosen: exp.Select) -> Iterator[Sequence[Any]]:
    cursor = connection.execute(chosen.sql(dialect="duckdb", identify=True))
    while several := cursor.fetchmany(_FETCH):
        yield from several


def _items(fact: Fact, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for name, items in rows:
        for item in items:
            if fact.type is Type.CODES:
                yield name, item
            else:
                yield name, *((item or {}).get(field.name) for field in fact.fields)


def _copy(database: psycopg.Connection[Any], table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with database.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
