"""What a kernel computes: the conditions of one edition, or of two that are compared, each distinct one once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suchang.eligibility.batch.columns.layout import Layout
from suchang.eligibility.in_force.resolve_date import ResolvedTest
from suchang.eligibility.in_force.rules_in_force import Condition, Group, Negated, Never, RulesInForce
from suchang.eligibility.pack.condition_ast import AtLeast, Items, Leaf, Node, Not
from suchang.eligibility.pack.model import Fact, Field


@dataclass(frozen=True, slots=True)
class Look:
    """One fact, or one field of its items, and a test that is resolved to the day."""

    fact: str
    field: str | None
    test: ResolvedTest


@dataclass(frozen=True, slots=True)
class Several:
    """Inside an item: at least so many of the children."""

    need: int
    children: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """Inside an item: the opposite of the child."""

    child: Where


Where = Look | Several | Opposite


@dataclass(frozen=True, slots=True)
class Count:
    """At least ``need`` items of a list for which ``where`` holds."""

    fact: str
    need: int
    where: Where


Step = Look | Count | Group | Negated | Never


@dataclass(frozen=True)
class Plan:
    """Steps in an order in which children come first, and for each edition the step of each of its conditions."""

    steps: tuple[Step, ...]
    editions: tuple[tuple[RulesInForce, tuple[int, ...]], ...]
    facts: Mapping[str, Fact]

    def subject(self, look: Look) -> Field:
        """Return the fact or field that is tested."""
        fact = self.facts[look.fact]
        return fact if look.field is None else fact.field_named(look.field)


def plan_of(layouts: Sequence[Layout]) -> Plan:
    """Merge the conditions of layouts that were made for each other: what an edit left alone is computed once.

    Conditions are equal when their tests are, resolved: the same catalogue with other codes is another condition.
    """
    numbers: dict[Step, int] = {}
    editions = []
    for layout in layouts:
        mine: list[int] = []
        for condition in layout.edition.conditions:
            mine.append(numbers.setdefault(_step(condition, layout, mine), len(numbers)))
        editions.append((layout.edition, tuple(mine)))
    facts = {fact.name: fact for layout in layouts for fact in layout.facts}
    return Plan(tuple(numbers), tuple(editions), facts)


def _step(condition: Condition, layout: Layout, before: Sequence[int]) -> Step:
    match condition:
        case Leaf():
            return _look(condition, layout)
        case Items():
            return Count(condition.fact, condition.need, _where(condition.where, layout))
        case Group():
            return Group(condition.need, tuple(before[child] for child in condition.children))
        case Negated():
            return Negated(before[condition.child])
        case Never():
            return condition


def _look(leaf: Leaf, layout: Layout) -> Look:
    return Look(leaf.fact, leaf.field, layout.tests[leaf])


def _where(node: Node, layout: Layout) -> Where:
    match node:
        case Leaf():
            return _look(node, layout)
        case AtLeast():
            return Several(node.need, tuple(_where(child, layout) for child in node.children))
        case Not():
            return Opposite(_where(node.child, layout))
        case _:
            raise TypeError(node)


def looks_of(plan: Plan) -> Iterator[Look]:
    """Yield every test of a plan, those inside items too; one that is used twice comes twice."""
    left: list[Any] = list(reversed(plan.steps))
    while left:
        match left.pop():
            case Look() as look:
                yield look
            case Count(where=child) | Opposite(child=child):
                left.append(child)
            case Several(children=children):
                left += reversed(children)
