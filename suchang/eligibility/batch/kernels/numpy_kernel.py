"""The kernel that needs numpy alone: the conditions of a plan over columns, three-valued, in packed bitmaps.

Each condition gets two bitmaps: where it is definitely true, and where it is possibly true (true or unknown). Kleene's
``all`` and ``any`` are then AND and OR of both, ``not`` swaps and inverts them, ``at least n`` counts in bit slices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columns.layout import Layout
from suchang.eligibility.batch.columns.packed import Bits, Columns, Flat, Lists, pack, unpack, width
from suchang.eligibility.batch.kernels.membership_tables import Flags, Place, Table, one_of, places_of
from suchang.eligibility.batch.kernels.plan import Count, Look, Opposite, Plan, Several, Where
from suchang.eligibility.batch.kernels.tiers_from_bitmaps import Pair
from suchang.eligibility.in_force.resolve_date import Member, MemberAt, ResolvedTest
from suchang.eligibility.in_force.rules_in_force import Group, Negated, Never
from suchang.eligibility.pack.condition_ast import Between, Compare, IsTrue, Known, Order
from suchang.eligibility.pack.model import Field, Type
from suchang.eligibility.pack.values import SCALE

_EPOCH = date(1970, 1, 1).toordinal()
_COMPARE: dict[Order, Callable[[Any, Any], Any]] = {
    Order.LT: np.less,
    Order.LE: np.less_equal,
    Order.GT: np.greater,
    Order.GE: np.greater_equal,
}


@dataclass(frozen=True)
class NumpyPlan:
    """A plan, and what numpy needs to look texts up."""

    layout: Layout
    plan: Plan

    def conditions(self, columns: Columns) -> list[Pair]:
        """Return the bitmaps of every step, in order."""
        return NumpyRun(self, columns).conditions()

    @cached_property
    def places(self) -> Mapping[Look, Place]:
        """The membership tests that have a table."""
        return places_of(self.layout, self.plan, operand)


def number(value: Any) -> int:
    """Turn an operand into what columns hold: dates as days since 1970, decimals times 10,000."""
    if isinstance(value, date):
        return value.toordinal() - _EPOCH
    return int(value)


def operand(value: Any, subject: Field) -> int:
    """Turn an operand for a field into a number."""
    if subject.type is Type.DECIMAL:
        return int(Decimal(value) * SCALE)
    return number(value)


class NumpyRun:
    """One evaluation over one chunk."""

    def __init__(self, kernel: NumpyPlan, columns: Columns) -> None:
        self.kernel, self.columns, self.count = kernel, columns, columns.count
        self.plan = kernel.plan
        self.bytes = width(columns.count)
        self.nobody: Bits = np.zeros(self.bytes, dtype=np.uint8)
        self.everybody: Bits = np.full(self.bytes, 255, dtype=np.uint8)
        self._passed: dict[Table, NDArray[np.uint8]] = {}

    def conditions(self) -> list[Pair]:
        """Return the bitmaps of every condition, in order."""
        done: list[Pair] = []
        for step in self.plan.steps:
            match step:
                case Look():
                    done.append(self.leaf(step))
                case Count():
                    done.append(self._items(step))
                case Group():
                    done.append(self._group(step.need, [done[child] for child in step.children]))
                case Negated():
                    sure, may = done[step.child]
                    done.append((~may, ~sure))
                case Never():
                    done.append((self.nobody, self.nobody))
        return done

    def _group(self, need: int, children: list[Pair]) -> Pair:
        return at_least(need, [sure for sure, _ in children]), at_least(need, [may for _, may in children])

    def leaf(self, leaf: Look) -> Pair:
        column = self.columns.facts.get(leaf.fact)
        fact, test = self.plan.facts[leaf.fact], leaf.test
        if isinstance(column, Lists):
            known = self.everybody if column.known is None else column.known
            return known, self.everybody
        if column is None:
            if not fact.register:
                return self.nobody, self.everybody
            column = Flat(self.nobody, None)
        known_bits = column.known
        if fact.register and known_bits is not None:
            # Kept by the system itself: nothing on file means no.
            column, known_bits = Flat(column.values & known_bits, None), None
        if isinstance(test, Known):
            sure = self.everybody if known_bits is None else known_bits
            return sure, self.everybody
        holds = self._holds(leaf, test, column, fact, None)
        if known_bits is None:
            return holds, holds
        return holds & known_bits, holds | ~known_bits

    def _holds(
        self, leaf: Look, test: ResolvedTest, column: Flat, subject: Field, fields: dict[str, Flat] | None
    ) -> Bits:
        """Return the bits where a test holds, whatever it says where the value is unknown."""
        if subject.type is Type.BOOL:
            wanted = {True} if isinstance(test, IsTrue) else wanted_bool(test)
            if len(wanted) == 1:
                return column.values if True in wanted else ~column.values
            return np.full(len(column.values), 255 if wanted else 0, dtype=np.uint8)
        return pack(self._flags(leaf, test, column, subject, fields))

    def _flags(
        self, leaf: Look, test: ResolvedTest, column: Flat, subject: Field, fields: dict[str, Flat] | None
    ) -> Flags:
        values = column.values
        match test:
            case Compare():
                flags: Flags = _COMPARE[test.order](values, operand(test.operand, subject))
            case Between():
                low, high = operand(test.low, subject), operand(test.high, subject)
                flags = (values >= low) & (values <= high)
            case Member():
                flags = self._member(leaf, test, values, subject)
            case MemberAt():
                flags = self._member_at(leaf, test, values, (fields or {})[test.at].values)
            case _:
                raise TypeError(test)
        return flags

    def _member(self, leaf: Look, test: Member, values: NDArray[Any], subject: Field) -> Flags:
        if leaf not in self.kernel.places:
            found = one_of(values, [operand(each, subject) for each in test.values])
            return ~found if test.negated else found
        table, bit = self.kernel.places[leaf]
        if table not in self._passed:
            self._passed[table] = table.passed(values)
        flags: Flags = (self._passed[table] & bit) != 0
        return flags

    def _member_at(self, leaf: Look, test: MemberAt, codes: NDArray[Any], days: NDArray[Any]) -> Flags:
        words = self.kernel.layout.dictionary(leaf.fact, leaf.field)
        flags = np.zeros(len(codes), dtype=np.bool_)
        for code, periods in test.periods:
            mine = codes == words[code]
            for period in periods:
                flags |= mine & (days >= number(period.start)) & (days <= number(period.end))
        return flags

    def _items(self, items: Count) -> Pair:
        column = self.columns.facts.get(items.fact)
        if not isinstance(column, Lists):
            return self.nobody, self.everybody
        total = len(column.rows)
        sure, may = self._inside(items.where, column, total)
        definite = self.rows_with(column.rows, sure, items.need)
        possible = definite if may is sure else self.rows_with(column.rows, may, items.need)
        if column.known is not None:
            definite, possible = definite & column.known, possible | ~column.known
        if column.complete is not None:
            possible = possible | ~column.complete
        return definite, possible

    def rows_with(self, rows: NDArray[np.int64], flags: Flags, need: int) -> Bits:
        if need == 1:
            found = np.zeros(self.count, dtype=np.bool_)
            found[rows[flags]] = True
            return pack(found)
        return pack(np.bincount(rows[flags], minlength=self.count) >= need)

    def _inside(self, node: Where, column: Lists, total: int) -> tuple[Flags, Flags]:
        """Return where a condition on an item is definitely and possibly true, one flag an item."""
        match node:
            case Look():
                return self.item_leaf(node, column, total)
            case Opposite():
                sure, may = self._inside(node.child, column, total)
                return ~may, ~sure
            case Several():
                pairs = [self._inside(child, column, total) for child in node.children]
                return _enough(node.need, [one for one, _ in pairs]), _enough(node.need, [one for _, one in pairs])

    def item_leaf(self, leaf: Look, column: Lists, total: int) -> tuple[Flags, Flags]:
        test, subject = leaf.test, self.plan.subject(leaf)
        flat = column.fields.get(leaf.field or "")
        if flat is None:
            return np.zeros(total, dtype=np.bool_), np.ones(total, dtype=np.bool_)
        known = None if flat.known is None else unpack(flat.known, total)
        if isinstance(test, MemberAt):
            day = column.fields.get(test.at)
            if day is None:
                return np.zeros(total, dtype=np.bool_), np.ones(total, dtype=np.bool_)
            if day.known is not None:
                dated = unpack(day.known, total)
                known = dated if known is None else known & dated
        if isinstance(test, Known):
            everything = np.ones(total, dtype=np.bool_)
            return (everything if known is None else known), everything
        if subject.type is Type.BOOL:
            flags = unpack(self._holds(leaf, test, flat, subject, None), total)
        else:
            flags = self._flags(leaf, test, flat, subject, dict(column.fields))
        return (flags, flags) if known is None else (flags & known, flags | ~known)


def wanted_bool(test: ResolvedTest) -> set[bool]:
    """Return the booleans that a membership test on a boolean takes: one, both or none."""
    if not isinstance(test, Member):
        raise TypeError(test)
    return {value for value in (True, False) if (value in test.values) is not test.negated}


def _enough(need: int, several: list[Flags]) -> Flags:
    enough: Flags = np.add.reduce(several, dtype=np.int32) >= need
    return enough


def at_least(need: int, several: list[Bits]) -> Bits:
    """Return the bits that are set in at least ``need`` of several bitmaps, by counting in bit slices."""
    if need == len(several):
        return _fold(np.bitwise_and, several)
    if need == 1:
        return _fold(np.bitwise_or, several)
    # slices[k] holds the k-th binary digit of each person's count.
    slices: list[Bits] = [np.zeros_like(several[0]) for _ in range(len(several).bit_length())]
    for one in several:
        carry = one
        for place, digit in enumerate(slices):
            slices[place], carry = digit ^ carry, digit & carry
    # Compare the counts with ``need``, most significant digit first.
    greater, equal = np.zeros_like(several[0]), np.full_like(several[0], 255)
    for place in reversed(range(len(slices))):
        if need >> place & 1:
            equal = equal & slices[place]
        else:
            greater = greater | equal & slices[place]
            equal = equal & ~slices[place]
    result: Bits = greater | equal
    return result


def _fold(operation: np.ufunc, several: list[Bits]) -> Bits:
    if len(several) == 1:
        return several[0]
    result: Bits = operation(several[0], several[1])
    for one in several[2:]:
        operation(result, one, out=result)
    return result
