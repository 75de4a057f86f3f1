"""Write conditions as Python expressions: one that is true when a condition is true, one when it is false.

Neither holds for unknown, so that three values cost no more than two. Unknown numbers are NaN and unknown texts None
(see record.py), which makes most tests a single comparison. Names and texts of a pack never enter the source: it holds
numbers that were checked and names of constants; everything else is bound as a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from suchang.eligibility.in_force.resolve_date import Member, MemberAt, ResolvedTest, resolve_date, subject_of
from suchang.eligibility.in_force.rules_in_force import Group, Negated, Never, RulesInForce
from suchang.eligibility.pack.condition_ast import Between, Compare, IsTrue, Items, Known, Leaf, Order, Scalar
from suchang.eligibility.pack.model import Fact, Period, Type
from suchang.eligibility.pack.values import NAN, NUMBERS

Resolve = Callable[[date], Any]
_OPPOSITE = {Order.LT: ">=", Order.LE: ">", Order.GT: "<=", Order.GE: "<"}
_SIGN = {Order.LT: "<", Order.LE: "<=", Order.GT: ">", Order.GE: ">="}
FALSE = "False"


def encoded(value: Scalar) -> Any:
    """Return a constant in the form of a record's slot."""
    if isinstance(value, Decimal):
        return int(value.scaleb(4))
    return value.toordinal() if isinstance(value, date) else value


@dataclass(slots=True)
class Constants:
    """The values that generated code needs and that may change with the day: a name for each, and how to get it."""

    resolvers: dict[str, Resolve] = field(default_factory=dict)
    names: dict[object, str] = field(default_factory=dict)

    def name(self, key: object, resolve: Resolve) -> str:
        """Return the name of a constant; the same key has the same name."""
        if key not in self.names:
            self.names[key] = f"K{len(self.names)}"
            self.resolvers[self.names[key]] = resolve
        return self.names[key]


@dataclass(frozen=True, slots=True)
class Truth:
    """Two expressions over slots or fields: when a condition is true, when it is false."""

    true: str
    false: str

    def swapped(self) -> Truth:
        """Return the truth of the opposite."""
        return Truth(self.false, self.true)


class Expressions:
    """Expressions for the conditions of one edition."""

    def __init__(self, edition: RulesInForce, slots: dict[str, int], constants: Constants) -> None:
        self.edition, self.pack = edition, edition.pack
        self.slots, self.constants = slots, constants
        self.items: dict[int, Items] = {}
        self._truths: dict[int, Truth] = {}

    def truth(self, number: int) -> Truth:
        """Return the expressions of a numbered condition, with everything below it written out."""
        if number not in self._truths:
            self._truths[number] = self._truth(number)
        return self._truths[number]

    def _truth(self, number: int) -> Truth:
        match self.edition.conditions[number]:
            case Leaf() as leaf:
                return self.leaf(leaf, f"f{self.slots[leaf.fact]}", "")
            case Items() as items:
                return self._items(number, items)
            case Group() as group:
                return combined(group.need, [self.truth(child) for child in group.children])
            case Negated() as negated:
                return self.truth(negated.child).swapped()
            case Never():
                return Truth(FALSE, "True")

    def leaf(self, leaf: Leaf, x: str, at: str) -> Truth:
        """Return the expressions of one test of variable ``x``; ``at`` is the variable of the catalogue's date."""
        subject, pack = subject_of(leaf, self.pack), self.pack
        # The form of a test is the same on every day; only its operands change.
        form = resolve_date(leaf, pack, date(2000, 1, 1))
        number = subject.type in NUMBERS

        def operand(part: str) -> str:
            def resolve(on: date) -> Any:
                return encoded(getattr(resolve_date(leaf, pack, on), part))

            value = encoded(getattr(form, part))
            return str(value) if subject.type is not Type.DATE else self.constants.name((leaf, part), resolve)

        match form:
            case Known():
                if isinstance(subject, Fact) and subject.is_list:
                    return Truth(f"f{self.slots[subject.name] + 1} is not None", FALSE)
                return Truth(f"{x} == {x}" if number else f"{x} is not None", FALSE)
            case IsTrue():
                return Truth(x, f"{x} is False")
            case Compare():
                limit = operand("operand")
                return Truth(f"{x} {_SIGN[form.order]} {limit}", f"{x} {_OPPOSITE[form.order]} {limit}")
            case Between():
                low, high = operand("low"), operand("high")
                return Truth(f"{low} <= {x} <= {high}", f"({x} < {low} or {x} > {high})")
            case Member() if subject.type is Type.BOOL and len(form.values) == 1:
                wanted = next(iter(form.values)) is not form.negated
                return Truth(x, f"{x} is False") if wanted else Truth(f"{x} is False", x)
            case Member():
                unknown = NAN if number else None
                inside = self.constants.name((leaf, "set"), lambda on: members(resolve_date(leaf, pack, on)))
                outside = self.constants.name(
                    (leaf, "set?"), lambda on: members(resolve_date(leaf, pack, on)) | {unknown}
                )
                truth = Truth(f"{x} in {inside}", f"{x} not in {outside}")
                return truth.swapped() if form.negated else truth
            case MemberAt():
                listed = self.constants.name((leaf, "listed"), lambda on: _listed(resolve_date(leaf, pack, on)))
                return Truth(f"{listed}({x}, {at})", f"({x} is not None and {at} == {at} and not {listed}({x}, {at}))")

    def _items(self, number: int, items: Items) -> Truth:
        """Return the expressions of a test of a list: a set operation for codes, else a call of a generated loop."""
        slot = self.slots[items.fact]
        xs = f"f{slot}"
        where, pack = items.where, self.pack
        if items.need == 1 and isinstance(where, Leaf) and where.field == "":
            form = resolve_date(where, pack, date(2000, 1, 1))
            if isinstance(form, Member) and not form.negated:

                def disjoint(on: date, more: frozenset[Any] = frozenset()) -> Any:
                    return (members(resolve_date(where, pack, on)) | more).isdisjoint

                known = self.constants.name((where, "disjoint"), disjoint)
                maybe = self.constants.name((where, "disjoint?"), lambda on: disjoint(on, frozenset({None})))
                return Truth(f"({xs} and not {known}({xs}))", f"(not {xs} or {maybe}({xs}))")
        self.items[number] = items
        return Truth(f"({xs} and enough{number}({xs}))", f"(not {xs} or few{number}({xs}, f{slot + 1}))")


def members(test: ResolvedTest) -> frozenset[Any]:
    """Return the values of a membership in the form of a record's slots."""
    if not isinstance(test, Member):
        raise TypeError(test)
    return frozenset(encoded(value) for value in test.values)


def _listed(test: ResolvedTest) -> Callable[[Any, Any], bool]:
    """Return a function that tells whether a code is listed on a day (an ordinal); false when either is unknown."""
    if not isinstance(test, MemberAt):
        raise TypeError(test)
    periods = {code: tuple(_ordinals(each) for each in several) for code, several in test.periods}

    def listed(code: Any, day: Any) -> bool:
        for start, end in periods.get(code, ()):  # noqa: SIM110 - a generator takes three times as long
            if start <= day <= end:
                return True
        return False

    return listed


def _ordinals(period: Period) -> tuple[int, int]:
    return period.start.toordinal(), period.end.toordinal()


def combined(need: int, children: list[Truth]) -> Truth:
    """Return the expressions of at least ``need`` of the children."""
    return Truth(
        _enough(need, [child.true for child in children]),
        _enough(len(children) - need + 1, [child.false for child in children]),
    )


def _enough(need: int, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    if need == 1:
        return f"({' or '.join(parts)})"
    if need == len(parts):
        return f"({' and '.join(parts)})"
    return f"({' + '.join(f'(1 if {part} else 0)' for part in parts)} >= {need})"
