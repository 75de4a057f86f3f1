"""A Parquet file as a table for the query: which columns it has, and whether they are of the contract's types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from suchang.eligibility.batch.columns.layout import NotAColumn
from suchang.eligibility.pack.model import Fact, Field, Pack, Type
from suchang.eligibility.sql.source import Source

_INTEGERS = frozenset(
    {"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "hugeint"}
)
_FITTING = {
    Type.BOOL: frozenset({"boolean"}),
    Type.INTEGER: _INTEGERS,
    Type.DECIMAL: _INTEGERS | {"decimal", "float", "double"},
    Type.DATE: frozenset({"date"}),
}
_TEXT = frozenset({"varchar", "enum"})
_NEEDED = {Type.BOOL: "BOOLEAN", Type.INTEGER: "BIGINT", Type.DECIMAL: "DECIMAL(18,4)", Type.DATE: "DATE"}


def view_of(connection: duckdb.DuckDBPyConnection, path: Path, pack: Pack, name: str = "people") -> Source:
    """Make a Parquet file a view of DuckDB's and name what it has not; ``NotAColumn`` for a column of another type."""
    try:
        found = connection.read_parquet(str(path))
    except duckdb.Error as error:
        raise NotAColumn(f"{path}: {str(error).strip().splitlines()[0]}") from None
    kinds = dict(zip(found.columns, found.types, strict=True))
    if "id" not in kinds:
        raise NotAColumn(f"{path}: the column 'id' is missing; every person needs one")
    found.create_view(name)
    missing: set[str] = set()
    for fact in pack.facts.values():
        if fact.is_list and f"{fact.name}__complete" not in kinds:
            missing.add(f"{fact.name}__complete")
        if fact.name in kinds:
            missing |= _checked(path, fact, kinds[fact.name])
        else:
            missing.add(fact.name)
    return Source(name, frozenset(missing))


def _checked(path: Path, fact: Fact, kind: Any) -> set[str]:
    """Check the type of a fact's column; give the fields that its items have not."""
    if not fact.is_list:
        _fits(path, fact, fact.name, kind)
        return set()
    if kind.id != "list":
        raise _wrong(path, fact.name, kind, "a list")
    inner = dict(kind.children)["child"]
    if fact.type is Type.CODES:
        _fits(path, fact.fields[0], fact.name, inner)
        return set()
    if inner.id != "struct":
        raise _wrong(path, fact.name, kind, "a list of structs")
    members = dict(inner.children)
    for field in fact.fields:
        if field.name in members:
            _fits(path, field, f"{fact.name}.{field.name}", members[field.name])
    return {f"{fact.name}.{field.name}" for field in fact.fields if field.name not in members}


def _fits(path: Path, field: Field, name: str, kind: Any) -> None:
    if kind.id not in _FITTING.get(field.type, _TEXT):
        raise _wrong(path, name, kind, _NEEDED.get(field.type, "VARCHAR"))


def _wrong(path: Path, name: str, kind: Any, needed: str) -> NotAColumn:
    return NotAColumn(f"{path}: the column {name} is {kind}; {needed} is needed (see `suchang rules schema`)")
