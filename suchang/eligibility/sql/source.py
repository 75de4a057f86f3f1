"""Where the people are: the table, what of the contract's columns is missing in it, and how lists lie in it.

DuckDB and Spark hold a list in a column of its person (``Nested``), PostgreSQL in a child table (``Children``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.expressions import Expr

from suchang.eligibility.in_force.rules_in_force import RulesInForce
from suchang.eligibility.pack.condition_ast import Items
from suchang.eligibility.pack.model import Fact, Field, Type
from suchang.eligibility.sql.leaves import TYPES, sql_type
from suchang.eligibility.sql.logic import case, number, opposite, or_else, present, truth, unknown

PEOPLE, ITEM = "_people", "_item"
"""No fact's name starts with an underscore, so that ours can't hide one."""
Inside = Callable[[Items, Callable[[Field], Expr]], Expr]
"""Gives the condition on one item from how its fields are reached."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table of people; ``missing`` names columns that it has not (``income``, ``awards.level``): all unknown."""

    table: str = "people"
    missing: frozenset[str] = frozenset()

    def named(self, suffix: str = "") -> exp.Table:
        """Return the table, or the one beside it whose name is longer by a suffix."""
        schema, _, name = self.table.rpartition(".")
        return exp.Table(
            this=exp.to_identifier(name + suffix, quoted=True),
            db=exp.to_identifier(schema, quoted=True) if schema else None,
        )


class Reader(ABC):
    """Reach facts in one layout of tables."""

    def __init__(self, edition: RulesInForce, source: Source) -> None:
        self.edition, self.source = edition, source

    def scalar(self, fact: Fact) -> Expr:
        """Return a fact's value; one that the system itself keeps is false where there is nothing on file."""
        value = self.typed(fact, fact.name, exp.column(fact.name, table=PEOPLE))
        return or_else(value, False) if fact.register else value

    def typed(self, field: Field, name: str, value: Expr) -> Expr:
        """Return a value, exact where it is a decimal, NULL where the column is missing."""
        if name in self.source.missing:
            return exp.cast(exp.null(), sql_type(field))
        return exp.cast(value, TYPES[Type.DECIMAL]) if field.type is Type.DECIMAL else value

    def complete(self, fact: Fact) -> Expr:
        """Ask whether a list holds everything; it does unless the companion column says false."""
        name = f"{fact.name}__complete"
        if name in self.source.missing:
            return truth(True)
        return or_else(exp.column(name, table=PEOPLE), True)

    @abstractmethod
    def known(self, fact: Fact) -> Expr:
        """Ask whether a list is known."""

    @abstractmethod
    def helpers(self, several: Sequence[tuple[int, Items]], inside: Inside) -> Iterator[tuple[str, exp.Select]]:
        """Return named queries that the first step joins."""

    @abstractmethod
    def columns(self, place: int, items: Items, inside: Inside) -> Iterator[Expr]:
        """Return what the first step selects for a test of a list."""

    @abstractmethod
    def value(self, place: int, items: Items) -> Expr:
        """Return the value of a test of a list from the first step's columns."""

    def judged(self, found: Expr, items: Items, sure: Expr, whole: Expr, possible: Expr) -> Expr:
        """Compare the items that pass, and those that may, with how many are needed."""
        return case(
            (opposite(found), unknown()),
            (exp.GTE(this=sure, expression=number(items.need)), truth(True)),
            (opposite(whole), unknown()),
            (exp.LT(this=possible, expression=number(items.need)), truth(False)),
        )


class Nested(Reader):
    """Lists as columns: every item becomes its truth value once, then those are counted."""

    transform, keep, size = "LIST_TRANSFORM", "LIST_FILTER", "LEN"

    def known(self, fact: Fact) -> Expr:
        if fact.name in self.source.missing:
            return truth(False)
        return present(exp.column(fact.name, table=PEOPLE))

    def helpers(self, several: Sequence[tuple[int, Items]], inside: Inside) -> Iterator[tuple[str, exp.Select]]:  # noqa: ARG002
        yield from ()

    def columns(self, place: int, items: Items, inside: Inside) -> Iterator[Expr]:
        fact = self.edition.pack.facts[items.fact]
        if fact.name in self.source.missing:
            return

        def field(field: Field) -> Expr:
            if fact.type is Type.CODES:
                return exp.column(ITEM)
            return self.typed(field, f"{fact.name}.{field.name}", exp.column(field.name, table=ITEM))

        tests = self._over(self.transform, exp.column(fact.name, table=PEOPLE), inside(items, field))
        yield named(tests, f"w{place}")
        yield named(self.complete(fact), f"k{place}")

    def value(self, place: int, items: Items) -> Expr:
        if items.fact in self.source.missing:
            return unknown()
        tests = exp.column(f"w{place}")
        sure, possible = self.count(tests, exp.column(ITEM)), self.count(tests, or_else(exp.column(ITEM), True))
        return self.judged(present(tests), items, sure, exp.column(f"k{place}"), possible)

    def count(self, items: Expr, test: Expr) -> Expr:
        """Count the items of a list that pass; NULL for an unknown list."""
        return exp.Anonymous(this=self.size, expressions=[self._over(self.keep, items.copy(), test)])

    def _over(self, function: str, items: Expr, test: Expr) -> Expr:
        each = exp.Lambda(this=test, expressions=[exp.to_identifier(ITEM)])
        return exp.Anonymous(this=function, expressions=[items, each])


class SparkNested(Nested):
    """The same by Spark's names."""

    transform, keep, size = "TRANSFORM", "FILTER", "SIZE"


class Children(Reader):
    """Lists as child tables ``<table>_<fact>``: items are counted a person, and the counts joined."""

    def known(self, fact: Fact) -> Expr:
        if fact.name in self.source.missing:
            return truth(False)
        return or_else(exp.column(f"{fact.name}__known", table=PEOPLE), False)

    def helpers(self, several: Sequence[tuple[int, Items]], inside: Inside) -> Iterator[tuple[str, exp.Select]]:
        by_fact: dict[str, list[tuple[int, Items]]] = {}
        for place, items in several:
            if items.fact not in self.source.missing:
                by_fact.setdefault(items.fact, []).append((place, items))
        for name, mine in by_fact.items():
            yield f"_{name}", self._counts(self.edition.pack.facts[name], mine, inside)

    def _counts(self, fact: Fact, several: list[tuple[int, Items]], inside: Inside) -> exp.Select:
        def field(field: Field) -> Expr:
            column = exp.column(field.name or "code", table=ITEM)
            return self.typed(field, f"{fact.name}.{field.name}", column)

        table = self.source.named(f"_{fact.name}")
        tests = [named(inside(items, field), f"w{place}") for place, items in several]
        each = query([exp.column("id", table=ITEM), *tests], exp.alias_(table, ITEM, table=True)).offset(0)
        counts: list[Expr] = [exp.column("id")]
        for place, _ in several:
            test = exp.column(f"w{place}")
            counts += [named(_rows(test), f"n{place}"), named(_rows(or_else(test, True)), f"m{place}")]
        return query(counts, each.subquery("_tests")).group_by(exp.column("id"))

    def columns(self, place: int, items: Items, inside: Inside) -> Iterator[Expr]:  # noqa: ARG002
        fact = self.edition.pack.facts[items.fact]
        if fact.name in self.source.missing:
            return
        for letter in "nm":
            count = exp.column(f"{letter}{place}", table=f"_{fact.name}")
            yield named(exp.Coalesce(this=count, expressions=[number(0)]), f"{letter}{place}")
        yield named(self.known(fact), f"l{place}")
        yield named(self.complete(fact), f"k{place}")

    def value(self, place: int, items: Items) -> Expr:
        if items.fact in self.source.missing:
            return unknown()
        sure, possible, whole, found = (exp.column(f"{letter}{place}") for letter in "nmkl")
        return self.judged(found, items, sure, whole, possible)


def named(value: Expr, name: str) -> Expr:
    """Return a column its name."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def query(columns: Sequence[Expr], table: Expr) -> exp.Select:
    """Select columns from a table."""
    return exp.Select(expressions=list(columns), from_=exp.From(this=table))


def _rows(test: Expr) -> Expr:
    """Count the rows for which a test is true."""
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=test.copy()))
