"""One test of one value as an SQL expression: NULL where the value is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.in_force.resolve_date import Member, MemberAt, ResolvedTest
from suchang.eligibility.pack.condition_ast import Between, Compare, IsTrue, Known, Order
from suchang.eligibility.pack.model import Field, Period, Type
from suchang.eligibility.sql.logic import every, opposite, present, some, truth, where_present

TYPES = {Type.BOOL: "BOOLEAN", Type.INTEGER: "BIGINT", Type.DECIMAL: "DECIMAL(18, 4)", Type.DATE: "DATE"}
_ORDERS: dict[Order, type[exp.Binary]] = {Order.LT: exp.LT, Order.LE: exp.LTE, Order.GT: exp.GT, Order.GE: exp.GTE}


def sql_type(field: Field) -> str:
    """Name the SQL type of a scalar."""
    return TYPES.get(field.type, "TEXT")


def literal(value: Any, field: Field) -> Expr:
    """Write an operand: decimals and dates with their types, because engines guess them differently."""
    if field.type is Type.DATE and isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    if field.type is Type.DECIMAL:
        return exp.cast(exp.Literal.string(f"{Decimal(value):.4f}"), TYPES[Type.DECIMAL])
    if isinstance(value, bool):
        return truth(value)
    if isinstance(value, int):
        return exp.convert(value)
    return exp.Literal.string(str(value))


def leaf(test: ResolvedTest, field: Field, value: Expr, other: Callable[[str], Expr]) -> Expr:
    """Write a test of a value; ``other`` gives the fields of the same item by name."""
    match test:
        case IsTrue():
            return value.copy()
        case Known():
            return where_present([value], truth(True))
        case Compare():
            return _ORDERS[test.order](this=value.copy(), expression=literal(test.operand, field))
        case Between():
            return exp.Between(this=value.copy(), low=literal(test.low, field), high=literal(test.high, field))
        case Member():
            return _member(test, field, value)
        case MemberAt():
            return _member_at(test, value, other(test.at))


def _member(test: Member, field: Field, value: Expr) -> Expr:
    if field.type is Type.BOOL:
        wanted = [each for each in (True, False) if (each in test.values) is not test.negated]
        if len(wanted) == 1:
            return value.copy() if wanted[0] else opposite(value.copy())
        return where_present([value], truth(bool(wanted)))
    if not test.values:
        # IN () is no SQL, and is nobody anyway.
        return where_present([value], truth(test.negated))
    found = exp.In(this=value.copy(), expressions=[literal(each, field) for each in sorted(test.values)])
    return opposite(found) if test.negated else found


def _member_at(test: MemberAt, code: Expr, day: Expr) -> Expr:
    """Test a code and a date together. NULL AND false would be false, hence the guard."""
    codes: dict[tuple[Period, ...], list[str]] = {}
    for word, periods in test.periods:
        codes.setdefault(periods, []).append(word)
    listed: list[Expr] = []
    for periods, words in codes.items():
        within = some(*(_within(day, period) for period in periods))
        listed.append(every(exp.In(this=code.copy(), expressions=[*map(exp.Literal.string, words)]), within))
    return where_present([code, day], some(*listed) if listed else truth(False))


def _within(day: Expr, period: Period) -> Expr:
    ends: list[Expr] = []
    if period.start != date.min:
        ends.append(exp.GTE(this=day.copy(), expression=_day(period.start)))
    if period.end != OPEN_END:
        ends.append(exp.LTE(this=day.copy(), expression=_day(period.end)))
    return every(*ends) if ends else present(day)


def _day(day: date) -> Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")
