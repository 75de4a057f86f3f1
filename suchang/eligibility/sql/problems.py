"""Find a value that is none: a query can't refuse one on the way, and false would be a wrong answer to it.

An enumeration's unlisted code, a whole number that JSON could not carry, NaN and days outside the calendar (PostgreSQL
and DuckDB have both), and texts that are not composed (NFC; Spark can't tell).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlglot import exp
from sqlglot.expressions import Expr

from suchang.eligibility.in_force.rules_in_force import RulesInForce, rules_in_force
from suchang.eligibility.pack.condition_ast import Items, Leaf
from suchang.eligibility.pack.model import Fact, Field, Pack, Type
from suchang.eligibility.pack.reader import MAX_INTEGER
from suchang.eligibility.sql.leaves import TYPES, literal
from suchang.eligibility.sql.logic import case, number, opposite, or_else, some
from suchang.eligibility.sql.query import READERS
from suchang.eligibility.sql.source import ITEM, PEOPLE, Children, Nested, Source, named, query

_COMPOSED = {"duckdb": "NFC_NORMALIZE", "postgres": "NORMALIZE"}
Bad = tuple[str, Expr]
"""A column's name and the condition that its value is none."""


def first_problem(pack: Pack, on: date, dialect: str, source: Source | None = None) -> str | None:
    """Write the query that gives id and column of the first bad value among the facts looked at on a day.

    None when nothing can be bad.
    """
    search = _Search(rules_in_force(pack, on), dialect, source or Source())
    parts = [query([named(_id(table), "id"), named(_which(bad), "column")], table) for table, bad in search.parts()]
    if not parts:
        return None
    everything = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    found = exp.select("id", "column").from_(everything.subquery("_found"))
    found = found.where(exp.column("column").is_(exp.null()).not_()).order_by("id").limit(1)
    return found.sql(dialect=dialect, identify=True, pretty=True)


class _Search:
    def __init__(self, edition: RulesInForce, dialect: str, source: Source) -> None:
        self.edition, self.dialect, self.source = edition, dialect, source
        self.reader = READERS[dialect](edition, source)
        used = {each.fact for each in edition.conditions if isinstance(each, (Leaf, Items))}
        self.facts = [
            fact for fact in edition.pack.facts.values() if fact.name in used and fact.name not in source.missing
        ]

    def parts(self) -> Iterator[tuple[Expr, list[Bad]]]:
        """Yield tables with the tests of their columns: of people, and of their items where those lie apart."""
        people: list[Bad] = []
        for fact in self.facts:
            if not fact.is_list:
                people += self._bad(fact, fact.name, exp.column(fact.name, table=PEOPLE))
            elif isinstance(self.reader, Nested):
                people += self._nested(fact, self.reader)
        if people:
            yield exp.alias_(self.source.named(), PEOPLE, table=True), people
        if isinstance(self.reader, Children):
            for fact in self.facts:
                items = [bad for field in fact.fields for bad in self._field(fact, field)] if fact.is_list else []
                if items:
                    yield exp.alias_(self.source.named(f"_{fact.name}"), ITEM, table=True), items

    def _nested(self, fact: Fact, reader: Nested) -> Iterator[Bad]:
        for field in fact.fields:
            for name, bad in self._field(fact, field):
                several = reader.count(exp.column(fact.name, table=PEOPLE), or_else(bad, False))
                yield name, exp.GT(this=several, expression=number(0))

    def _field(self, fact: Fact, field: Field) -> Iterator[Bad]:
        name = f"{fact.name}.{field.name}" if field.name else fact.name
        if name in self.source.missing:
            return
        value = exp.column(field.name, table=ITEM) if field.name else exp.column(ITEM)
        if isinstance(self.reader, Children):
            value = exp.column(field.name or "code", table=ITEM)
        yield from self._bad(field, name, value)

    def _bad(self, field: Field, name: str, value: Expr) -> Iterator[Bad]:
        match field.type:
            case Type.ENUM:
                words = [exp.Literal.string(word) for word in field.values]
                yield name, opposite(exp.In(this=value, expressions=words))
            case Type.INTEGER:
                yield name, _outside(value, number(-MAX_INTEGER), number(MAX_INTEGER))
            case Type.DATE:
                yield name, _outside(value, literal(date.min, field), literal(date.max, field))
            case Type.DECIMAL if self.dialect == "postgres":
                yield name, exp.EQ(this=value, expression=exp.cast(exp.Literal.string("NaN"), TYPES[Type.DECIMAL]))
            case Type.CODE | Type.TEXT if self.dialect in _COMPOSED:
                composed = exp.Anonymous(this=_COMPOSED[self.dialect], expressions=[value.copy()])
                yield name, exp.NEQ(this=value, expression=composed)


def _outside(value: Expr, low: Expr, high: Expr) -> Expr:
    return some(exp.LT(this=value.copy(), expression=low), exp.GT(this=value.copy(), expression=high))


def _which(bad: list[Bad]) -> Expr:
    return exp.cast(case(*((condition, exp.Literal.string(name)) for name, condition in bad)), "TEXT")


def _id(table: Expr) -> Expr:
    return exp.column("id", table=table.alias)
