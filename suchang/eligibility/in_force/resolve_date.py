"""Resolve a test to one day: no relative dates, ages, enumeration order or catalogues are left for a back end to read.

Of all forms only these remain, with plain operands: ``Compare`` (integers, decimals, dates), ``Between``, ``Member``
(also for eq, ne, in, for every comparison of an enumeration and for catalogues on the day), ``MemberAt``, ``IsTrue``
and ``Known``. An absent or null value is unknown for each, ``Known`` included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from suchang.eligibility.dates import Relative, born_by
from suchang.eligibility.pack.condition_ast import (
    Age,
    Between,
    Compare,
    InCatalogue,
    IsTrue,
    Known,
    Leaf,
    OneOf,
    Operand,
    Order,
    Scalar,
    Test,
)
from suchang.eligibility.pack.model import Fact, Field, Pack, Period, Type


@dataclass(frozen=True, slots=True)
class Member:
    """Be one of these values, or none of them when ``negated``. A set may be empty."""

    values: frozenset[Scalar]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class MemberAt:
    """Be a code that is listed on the date in field ``at`` of the same item; unknown when either is absent."""

    periods: tuple[tuple[str, tuple[Period, ...]], ...]
    at: str


ResolvedTest = Compare | Between | Member | MemberAt | IsTrue | Known


def subject_of(leaf: Leaf, pack: Pack) -> Field:
    """Return the fact or field that a leaf tests."""
    fact: Fact = pack.facts[leaf.fact]
    return fact if leaf.field is None else fact.field_named(leaf.field)


def resolve_date(leaf: Leaf, pack: Pack, on: date) -> ResolvedTest:
    """Resolve the test of a leaf for a day.

    Operands of ``Compare`` (lt, le, gt, ge only) and ``Between`` are int, Decimal or date; texts and enumerations
    always come as ``Member``, booleans as ``IsTrue`` or ``Member``.
    """
    subject = subject_of(leaf, pack)
    test: Test = leaf.test
    match test:
        case IsTrue() | Known():
            return test
        case OneOf():
            return Member(frozenset(test.operands))
        case InCatalogue(at=None):
            return Member(frozenset(pack.catalogues[test.catalogue].codes_on(on)))
        case InCatalogue():
            return MemberAt(tuple(pack.catalogues[test.catalogue].periods().items()), test.at or "")
        case Age():
            return _age(test, on)
        case Compare(order=Order.EQ | Order.NE):
            return Member(frozenset({absolute(test.operand, on)}), negated=test.order is Order.NE)
        case Compare():
            if subject.type is Type.ENUM:
                return Member(frozenset(_enum_values(subject, test.order, str(test.operand))))
            return Compare(test.order, absolute(test.operand, on))
        case Between():
            if subject.type is Type.ENUM:
                low, high = subject.values.index(str(test.low)), subject.values.index(str(test.high))
                return Member(frozenset(subject.values[low : high + 1]))
            return Between(absolute(test.low, on), absolute(test.high, on))


def absolute(operand: Operand, on: date) -> Scalar:
    """Turn a relative date into the calendar date for a day; other operands are as they are."""
    return operand.on(on) if isinstance(operand, Relative) else operand


def _age(test: Age, on: date) -> Compare:
    """Turn an age into a comparison of the birth date: at least n years old means born by the day n years ago."""
    match test.order:
        case Order.GE:
            return Compare(Order.LE, born_by(on, test.years))
        case Order.GT:
            return Compare(Order.LE, born_by(on, test.years + 1))
        case Order.LT:
            return Compare(Order.GT, born_by(on, test.years))
        case _:
            return Compare(Order.GT, born_by(on, test.years + 1))


def _enum_values(subject: Field, order: Order, operand: str) -> tuple[str, ...]:
    at = subject.values.index(operand)
    match order:
        case Order.LT:
            return subject.values[:at]
        case Order.LE:
            return subject.values[: at + 1]
        case Order.GT:
            return subject.values[at + 1 :]
        case _:
            return subject.values[at:]
