"""Encode the rules of one day as pairs of formulas: definite (the value is true) and possible (it is not false).

Kleene's three values, exactly as every back end gives them (no reasoning by cases): a leaf about an unknown value is
possible and not definite; ``not`` swaps the two and negates them; ``at_least`` counts each of them on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from suchang.eligibility.analysis.people import Cell, Item, ListCells, Person
from suchang.eligibility.in_force.resolve_date import Member, MemberAt, resolve_date, subject_of
from suchang.eligibility.in_force.rules_in_force import (
    Group,
    Negated,
    RuleInForce,
    RulesInForce,
    TierInForce,
    rules_in_force,
)
from suchang.eligibility.pack.condition_ast import (
    AtLeast,
    Between,
    Compare,
    IsTrue,
    Items,
    Known,
    Leaf,
    Node,
    Not,
    Order,
)
from suchang.eligibility.pack.model import Fact, Pack, Type

CODES = (Type.CODE, Type.TEXT, Type.CODES)


@dataclass(frozen=True)
class Pair:
    """A three-valued formula; definite implies possible."""

    definite: Any
    possible: Any


def negated(pair: Pair) -> Pair:
    """Turn true and false round."""
    return Pair(z3.Not(pair.possible), z3.Not(pair.definite))


def at_least(need: int, pairs: Iterable[Pair]) -> Pair:
    """Count the true ones and the possible ones."""
    several = list(pairs)
    return Pair(count(need, [each.definite for each in several]), count(need, [each.possible for each in several]))


def count(need: int, formulas: list[Any]) -> Any:
    """Say that at least ``need`` of the formulas hold; one that stands there twice counts twice."""
    if need > len(formulas):
        return z3.BoolVal(False)
    if need == len(formulas):
        return z3.And(*formulas)
    if need == 1:
        return z3.Or(*formulas)
    return z3.PbGe([(each, 1) for each in formulas], need)


class View:
    """The rules of a pack on one day, about one symbolic person."""

    def __init__(self, pack: Pack, on: date, person: Person) -> None:
        self.pack, self.on, self.person = pack, on, person
        self.edition: RulesInForce = rules_in_force(pack, on)
        self._pairs: dict[int, Pair] = {}

    def status(self, rule: RuleInForce) -> Pair:
        """Return the value of a rule's ``when``."""
        return self.condition(rule.condition)

    def condition(self, number: int) -> Pair:
        """Return the value of a numbered condition."""
        if number not in self._pairs:
            # Children have smaller numbers: going up in order keeps deep packs off Python's stack.
            for each in sorted(self._below(number)):
                if each not in self._pairs:
                    self._pairs[each] = self._pair(each)
        return self._pairs[number]

    def _below(self, number: int) -> set[int]:
        found, todo = set(), [number]
        while todo:
            each = todo.pop()
            if each in found:
                continue
            found.add(each)
            condition = self.edition.conditions[each]
            if isinstance(condition, Group):
                todo.extend(condition.children)
            elif isinstance(condition, Negated):
                todo.append(condition.child)
        return found

    def _pair(self, number: int) -> Pair:
        condition = self.edition.conditions[number]
        match condition:
            case Group():
                return at_least(condition.need, (self._pairs[child] for child in condition.children))
            case Negated():
                return negated(self._pairs[condition.child])
            case Items():
                return self._items(condition)
            case Leaf() if self.pack.facts[condition.fact].is_list:
                # Of a list as a whole only `known` can be asked.
                return Pair(self.person.list(condition.fact).known, z3.BoolVal(True))
            case Leaf():
                return self._leaf(condition, self.person.scalar(condition.fact), None)
            case _:
                return Pair(z3.BoolVal(False), z3.BoolVal(False))

    def gate(self, tier: TierInForce) -> Pair:
        """Return the gate of a tier: no exclusion, and every base met or waived."""
        parts = [negated(self.status(each)) for each in tier.exclusions]
        for base in tier.bases:
            ways = [base, *(each for each in tier.waivers if base.id in each.version.waives)]
            parts.append(at_least(1, [self.status(each) for each in ways]))
        return at_least(len(parts), parts) if parts else Pair(z3.BoolVal(True), z3.BoolVal(True))

    def grant(self, tier: TierInForce, rule: RuleInForce) -> Pair:
        """Return whether a rule grants its tier."""
        return at_least(2, [self.gate(tier), self.status(rule)])

    def value(self, tier: TierInForce) -> Pair:
        """Return whether any rule grants a tier."""
        if not tier.rules:
            return Pair(z3.BoolVal(False), z3.BoolVal(False))
        return at_least(1, [self.grant(tier, rule) for rule in tier.rules])

    def has_tier(self, tier: str | None) -> Any:
        """Say that ``tier`` is what the determination gives; None says that it gives none."""
        parts = []
        for each in self.edition.tiers:
            if each.id == tier:
                parts.append(self.value(each).definite)
                break
            parts.append(z3.Not(self.value(each).definite))
        return z3.And(*parts)

    def _items(self, atom: Items) -> Pair:
        cells: ListCells = self.person.list(atom.fact)
        found = [(item.exists, self.where(atom.where, item)) for item in cells.items]
        definite = count(atom.need, [z3.And(exists, pair.definite) for exists, pair in found])
        possible = count(atom.need, [z3.And(exists, pair.possible) for exists, pair in found])
        return Pair(z3.And(cells.known, definite), z3.Or(z3.Not(cells.known), z3.Not(cells.complete), possible))

    def where(self, node: Node, item: Item) -> Pair:
        """Return the value of a condition on one item."""
        match node:
            case AtLeast():
                return at_least(node.need, [self.where(child, item) for child in node.children])
            case Not():
                return negated(self.where(node.child, item))
            case Leaf():
                return self._leaf(node, item.cells[node.field or ""], item)
            case _:
                raise TypeError(f"{node} can't stand inside an item")

    def _leaf(self, leaf: Leaf, cell: Cell, item: Item | None) -> Pair:
        test = resolve_date(leaf, self.pack, self.on)
        fact: Fact = self.pack.facts[leaf.fact]
        if isinstance(test, Known):
            return Pair(z3.BoolVal(True) if fact.register else cell.present, z3.BoolVal(True))
        if fact.register:
            # Kept by the system itself: absent means false, and so it is always known.
            truth = self._bool_test(test, z3.And(cell.present, cell.value))
            return Pair(truth, truth)
        present, truth = cell.present, self._test(leaf, test, cell, item)
        if isinstance(test, MemberAt) and item is not None:
            present = z3.And(present, item.cells[test.at].present)
        return Pair(z3.And(present, truth), z3.Or(z3.Not(present), truth))

    @staticmethod
    def _bool_test(test: Any, value: Any) -> Any:
        if isinstance(test, IsTrue):
            return value
        wanted = z3.Or(*(value if each else z3.Not(value) for each in test.values))
        return z3.Not(wanted) if test.negated else wanted

    def _test(self, leaf: Leaf, test: Any, cell: Cell, item: Item | None) -> Any:
        if cell.field.type is Type.BOOL:
            return self._bool_test(test, cell.value)
        match test:
            case Member():
                wanted = z3.Or(*(cell.value == self._number(leaf, cell, each) for each in sorted(test.values, key=str)))
                return z3.Not(wanted) if test.negated else wanted
            case MemberAt() if item is not None:
                day = item.cells[test.at].value
                return z3.Or(
                    *(
                        z3.And(cell.value == self._number(leaf, cell, code), _within(day, periods))
                        for code, periods in test.periods
                    )
                )
            case Between():
                return z3.And(cell.value >= cell.number(test.low), cell.value <= cell.number(test.high))
            case Compare():
                return _compare(test.order, cell.value, cell.number(test.operand))
            case _:
                raise TypeError(f"no encoding for {test}")

    def _number(self, leaf: Leaf, cell: Cell, scalar: Any) -> int:
        if cell.field.type in CODES:
            return self.person.code(leaf.fact, leaf.field or "", str(scalar))
        return int(cell.number(scalar))


def _within(day: Any, periods: Iterable[Any]) -> Any:
    return z3.Or(*(z3.And(day >= each.start.toordinal(), day <= each.end.toordinal()) for each in periods))


def _compare(order: Order, left: Any, right: int) -> Any:
    match order:
        case Order.LT:
            return left < right
        case Order.LE:
            return left <= right
        case Order.GT:
            return left > right
        case _:
            return left >= right


def codes_named(days: Iterable[tuple[Pack, date]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Gather, for every fact and field with codes, the codes that the rules name on these days, sorted."""
    found: dict[tuple[str, str], set[str]] = {}
    for pack, on in days:
        for condition in rules_in_force(pack, on).conditions:
            for leaf in leaves(condition):
                if subject_of(leaf, pack).type not in CODES:
                    continue
                test = resolve_date(leaf, pack, on)
                key = (leaf.fact, leaf.field or "")
                if isinstance(test, Member):
                    found.setdefault(key, set()).update(str(each) for each in test.values)
                elif isinstance(test, MemberAt):
                    found.setdefault(key, set()).update(code for code, _ in test.periods)
    return {key: tuple(sorted(codes)) for key, codes in found.items()}


def leaves(node: Any) -> Iterable[Leaf]:
    """Return the leaves of a numbered condition's own tree (items included), not of what it refers to."""
    match node:
        case Leaf():
            yield node
        case Items():
            yield from leaves(node.where)
        case AtLeast():
            for child in node.children:
                yield from leaves(child)
        case Not():
            yield from leaves(node.child)


def items_wanted(edition: RulesInForce, roots: Iterable[tuple[int, bool]]) -> dict[str, int]:
    """Count how many items of each list can matter when the roots are wanted true (or false).

    Only a condition on a list that is wanted true can use an item, and then its ``need`` items; keeping just these, all
    other conditions stay as they are or become less true. So the sum over the conditions wanted true is enough.
    """
    seen: set[tuple[int, bool]] = set()
    todo = list(roots)
    found: dict[str, int] = {}
    while todo:
        number, wanted = todo.pop()
        if (number, wanted) in seen:
            continue
        seen.add((number, wanted))
        condition = edition.conditions[number]
        match condition:
            case Group():
                todo.extend((child, wanted) for child in condition.children)
            case Negated():
                todo.append((condition.child, not wanted))
            case Items() if wanted:
                found[condition.fact] = found.get(condition.fact, 0) + condition.need
    return found


def most(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Take the largest number for each name."""
    found: dict[str, int] = {}
    for each in several:
        for name, number in each.items():
            found[name] = max(number, found.get(name, 0))
    return found


def added(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add the numbers for each name."""
    found: dict[str, int] = {}
    for each in several:
        for name, number in each.items():
            found[name] = found.get(name, 0) + number
    return found
