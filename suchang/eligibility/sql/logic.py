"""Kleene's three values in SQL: true, false and NULL for unknown; AND, OR and NOT already are min, max and not.

Whatever is built here gives true, false or NULL in a column; nothing relies on WHERE, which takes NULL for false.
Expressions are built in place (sqlglot copies by default, which costs seconds for a pack), so that each is used once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.expressions import Expr


def truth(value: bool) -> Expr:
    """Write true or false."""
    return exp.Boolean(this=value)


def unknown() -> Expr:
    """Write the unknown truth value, typed."""
    return exp.cast(exp.null(), "BOOLEAN")


def present(value: Expr) -> Expr:
    """Ask whether a value is there."""
    return exp.not_(exp.Is(this=value.copy(), expression=exp.null()), copy=False)


def or_else(value: Expr, otherwise: bool) -> Expr:
    """Take true or false where a value is unknown."""
    return exp.Coalesce(this=value.copy(), expressions=[truth(otherwise)])


def where_present(values: Sequence[Expr], then: Expr) -> Expr:
    """Return a truth value where all values are there, unknown elsewhere."""
    return case((every(*(present(value) for value in values)), then))


def every(*children: Expr) -> Expr:
    """And: all of one or several."""
    return exp.and_(*children, copy=False)


def some(*children: Expr) -> Expr:
    """Or: any of one or several."""
    return exp.or_(*children, copy=False)


def case(*choices: tuple[Expr, Expr]) -> Expr:
    """Return what belongs to the first condition that is true; NULL for none."""
    return exp.Case(ifs=[exp.If(this=condition, true=then) for condition, then in choices])


def opposite(value: Expr) -> Expr:
    """Not: unknown stays unknown."""
    return exp.not_(value, copy=False)


def at_least(need: int, children: Sequence[Expr]) -> Expr:
    """At least ``need`` of the children; ``all`` and ``any`` are AND and OR."""
    if need == len(children):
        return every(*children)
    if need == 1:
        return some(*children)
    sure, possible = _sum(children, otherwise=False), _sum(children, otherwise=True)
    enough, too_few = exp.GTE(this=sure, expression=number(need)), exp.LT(this=possible, expression=number(need))
    return case((enough, truth(True)), (too_few, truth(False)))


def number(value: int) -> Expr:
    """Write a whole number."""
    return exp.convert(value)


def _sum(children: Sequence[Expr], *, otherwise: bool) -> Expr:
    ones = [exp.cast(or_else(child, otherwise), "INT") for child in children]
    total: Expr = ones[0]
    for one in ones[1:]:
        total = exp.Add(this=total, expression=one)
    return exp.paren(total, copy=False)
