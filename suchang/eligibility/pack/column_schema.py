"""The input contract of a pack for whole populations: columns as Arrow types, or tables as SQL.

Null is unknown at every level and an empty list is none. ``<fact>__complete`` (null or absent: true) says whether a
list holds everything. PostgreSQL keeps items in a table of their own, where ``<fact>__known`` tells none from unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from suchang.eligibility.pack.model import Fact, Field, Pack, Type

_ARROW = {
    Type.BOOL: "bool",
    Type.INTEGER: "int64",
    Type.DECIMAL: "decimal128(18, 4)",
    Type.DATE: "date32",
}
_SQL = {
    "postgres": {Type.BOOL: "boolean", Type.INTEGER: "bigint", Type.DECIMAL: "numeric(18, 4)", Type.DATE: "date"},
    "duckdb": {Type.BOOL: "BOOLEAN", Type.INTEGER: "BIGINT", Type.DECIMAL: "DECIMAL(18, 4)", Type.DATE: "DATE"},
    "spark": {Type.BOOL: "BOOLEAN", Type.INTEGER: "BIGINT", Type.DECIMAL: "DECIMAL(18, 4)", Type.DATE: "DATE"},
}
_TEXT = {"postgres": 'text COLLATE "C"', "duckdb": "VARCHAR", "spark": "STRING"}
DIALECTS = tuple(_SQL)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the input; ``fact`` is None for ``id``, and ``complete`` marks the companion of a list."""

    name: str
    arrow: str
    nullable: bool
    fact: Fact | None
    complete: bool = False


def columns(pack: Pack) -> Iterator[Column]:
    """Yield the columns of the input in the order of facts.yaml, ``id`` first."""
    yield Column("id", "utf8", False, None)
    for fact in pack.facts.values():
        yield Column(fact.name, arrow_type(fact), True, fact)
        if fact.is_list:
            yield Column(f"{fact.name}__complete", "bool", True, fact, complete=True)


def arrow_type(field: Field) -> str:
    """Return the Arrow type of a fact or field as text."""
    if field.type is Type.CODES:
        return "list<item: utf8>"
    if isinstance(field, Fact) and field.type is Type.RECORDS:
        inner = ", ".join(f"{each.name}: {arrow_type(each)}" for each in field.fields)
        return f"list<item: struct<{inner}>>"
    return _ARROW.get(field.type, "utf8")


def arrow_json(pack: Pack) -> dict[str, Any]:
    """Return the contract as a JSON value: every column with its type, values and labels."""
    listed = []
    for column in columns(pack):
        entry: dict[str, Any] = {"name": column.name, "type": column.arrow, "nullable": column.nullable}
        fact = column.fact
        if fact is not None and not column.complete:
            entry["label"] = {"zh": fact.label.zh, "en": fact.label.en}
            if fact.values:
                entry["values"] = list(fact.values)
            if fact.type is Type.RECORDS:
                fields = [{"name": each.name, "type": arrow_type(each)} for each in fact.fields]
                for field, each in zip(fields, fact.fields, strict=True):
                    if each.values:
                        field["values"] = list(each.values)  # type: ignore[assignment]
                entry["fields"] = fields
        listed.append(entry)
    return {"pack": pack.id, "version": pack.version, "columns": listed}


def arrow_text(pack: Pack) -> str:
    """Write the contract one column a line, as Arrow spells types."""
    lines = [f"{each.name}: {each.arrow}{'' if each.nullable else ' not null'}" for each in columns(pack)]
    return "\n".join(lines) + "\n"


def ddl(pack: Pack, dialect: str, table: str = "people") -> str:
    """Write the tables that a dialect (postgres, duckdb, spark) expects; names are quoted, for one may be ``end``."""
    if dialect == "postgres":
        return _postgres(pack, table)
    lines = [f"  {_name('id', dialect)} {_TEXT[dialect]} NOT NULL"]
    for fact in pack.facts.values():
        lines.append(f"  {_name(fact.name, dialect)} {_nested(fact, dialect)}")
        if fact.is_list:
            lines.append(f"  {_name(fact.name + '__complete', dialect)} {_SQL[dialect][Type.BOOL]}")
    return f"CREATE TABLE {_name(table, dialect)} (\n" + ",\n".join(lines) + "\n);\n"


def _name(name: str, dialect: str) -> str:
    return f"`{name}`" if dialect == "spark" else f'"{name}"'


def _scalar(field: Field, dialect: str) -> str:
    return _SQL[dialect].get(field.type, _TEXT[dialect])


def _nested(fact: Fact, dialect: str) -> str:
    if fact.type is Type.CODES:
        return f"{_TEXT[dialect]}[]" if dialect == "duckdb" else f"ARRAY<{_TEXT[dialect]}>"
    if fact.type is not Type.RECORDS:
        return _scalar(fact, dialect)
    between = " " if dialect == "duckdb" else ": "
    fields = ", ".join(f"{_name(each.name, dialect)}{between}{_scalar(each, dialect)}" for each in fact.fields)
    return f"STRUCT({fields})[]" if dialect == "duckdb" else f"ARRAY<STRUCT<{fields}>>"


def _postgres(pack: Pack, table: str) -> str:
    lines, items = ['  "id" text COLLATE "C" PRIMARY KEY'], []
    for fact in pack.facts.values():
        if not fact.is_list:
            lines.append(f'  "{fact.name}" {_scalar(fact, "postgres")}')
            continue
        lines += [f'  "{fact.name}__known" boolean NOT NULL DEFAULT false', f'  "{fact.name}__complete" boolean']
        fields = [f'  "{each.name or "code"}" {_scalar(each, "postgres")}' for each in fact.fields]
        name = f"{table}_{fact.name}"
        inner = ",\n".join([f'  "id" text COLLATE "C" NOT NULL REFERENCES "{table}" ("id")', *fields])
        items.append(f'CREATE TABLE "{name}" (\n{inner}\n);\nCREATE INDEX "{name}_id" ON "{name}" ("id");\n')
    return f'CREATE TABLE "{table}" (\n' + ",\n".join(lines) + "\n);\n" + "".join(items)
