"""Near misses and proofs where adding is not enough: gates with waivers, and atoms that are reached twice.

Slower than the generated sums and asked only where those can't answer. Values come from the same generated tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from math import inf
from typing import Any

from suchang.eligibility.in_force.rules_in_force import Group, Negated, Never, RuleInForce, TierInForce
from suchang.eligibility.pack.condition_ast import Items
from suchang.eligibility.single.compiled_functions import Bound
from suchang.eligibility.single.rule_shape import fact_of

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Want:
    """What it costs to make something so, and the atoms that would have to change."""

    cost: float
    atoms: frozenset[int]

    @property
    def key(self) -> tuple[float, int]:
        """Sort by cost, then by the number of atoms."""
        return self.cost, len(self.atoms)


NOTHING, IMPOSSIBLE = Want(0, frozenset()), Want(inf, frozenset())


def together(wants: Iterable[Want]) -> Want:
    """Add costs; an atom that is in several is listed once."""
    several = list(wants)
    return Want(sum(each.cost for each in several), frozenset().union(*(each.atoms for each in several)))


class Exact:
    """Answers about one person on one day; ``learn_only`` makes every effort infinite."""

    def __init__(self, bound: Bound, values: Values, *, learn_only: bool) -> None:
        self.bound, self.values, self.learn_only = bound, values, learn_only
        self.conditions = bound.edition.conditions
        self._gates: dict[str, Want] = {}
        self._wants: dict[tuple[int, bool], Want] = {}

    def value(self, number: int) -> bool | None:
        """Return the value of a condition: True, False or None."""
        run = self.bound.run(("value", number), partial(self.bound.program.writer.value, number))
        answer: bool | None = run(self.values)
        return answer

    def want(self, number: int, wanted: bool) -> Want:
        """Return what it costs to make a condition true (or false)."""
        key = number, wanted
        if key not in self._wants:
            self._wants[key] = self._want(number, wanted)
        return self._wants[key]

    def _want(self, number: int, wanted: bool) -> Want:
        condition = self.conditions[number]
        match condition:
            case Negated():
                return self.want(condition.child, not wanted)
            case Never():
                return IMPOSSIBLE if wanted else NOTHING
            case Group():
                need = condition.need if wanted else len(condition.children) - condition.need + 1
                several = [self.want(child, wanted) for child in condition.children]
                if need < len(several):
                    several = sorted(several, key=lambda each: each.key)[:need]
                return together(several)
            case _:
                if self.value(number) is wanted:
                    return NOTHING
                return Want(self._atom(number, wanted), frozenset({number}))

    def _atom(self, number: int, wanted: bool) -> float:
        """Return the cost of an atom that is not as wanted."""
        condition, fact = self.conditions[number], fact_of(self.bound.edition, number)
        effort = fact.effort if fact.changeable and not self.learn_only else inf
        if isinstance(condition, Items) and wanted and condition.need > 1:
            run = self.bound.run(("lacking", number), partial(self.bound.program.writer.lacking, number))
            answer: float = run(self.values, effort)
            return answer
        if self.value(number) is None:
            return 1
        return inf if isinstance(condition, Items) and not wanted else effort

    def whole(self, tier: TierInForce, rule: RuleInForce) -> Want:
        """Return the cost of a rule of a tier with its gate."""
        gate, own = self.gate(tier), self.want(rule.condition, True)
        return Want(gate.cost + own.cost, gate.atoms | own.atoms)

    def gate(self, tier: TierInForce) -> Want:
        """Return the least cost of opening a tier's gate over all subsets of its waivers: smaller ones first."""
        if tier.id not in self._gates:
            self._gates[tier.id] = self._gate(tier)
        return self._gates[tier.id]

    def _gate(self, tier: TierInForce) -> Want:
        best = IMPOSSIBLE
        for size in range(len(tier.waivers) + 1):
            for chosen in combinations(tier.waivers, size):
                want = together(self._gate_wants(tier, chosen))
                if want.cost < best.cost:
                    best = want
        return best

    def _gate_wants(self, tier: TierInForce, chosen: tuple[RuleInForce, ...]) -> list[Want]:
        waived = {base for waiver in chosen for base in waiver.version.waives}
        wants = [self.want(waiver.condition, True) for waiver in chosen]
        wants += [self.want(base.condition, True) for base in tier.bases if base.id not in waived]
        return wants + [self.want(bar.condition, False) for bar in tier.exclusions]

    def gate_proof(self, tier: TierInForce) -> tuple[frozenset[int], tuple[str, ...]]:
        """Return the atoms that prove an open gate, and the ids of the waivers that were used."""
        atoms: set[int] = set()
        used: dict[str, None] = {}
        for base in tier.bases:
            if self.value(base.condition):
                atoms |= self.proof(base.condition, True)
                continue
            for waiver in tier.waivers:
                if base.id in waiver.version.waives and self.value(waiver.condition):
                    used[waiver.id] = None
                    atoms |= self.proof(waiver.condition, True)
                    break
        for bar in tier.exclusions:
            atoms |= self.proof(bar.condition, False)
        names = tuple(waiver.id for waiver in tier.waivers if waiver.id in used)
        return frozenset(atoms), names

    def proof(self, number: int, wanted: bool) -> frozenset[int]:
        """Return the atoms that prove a condition to be as wanted: the first in declared order that suffice."""
        condition = self.conditions[number]
        match condition:
            case Negated():
                return self.proof(condition.child, not wanted)
            case Never():
                return frozenset()
            case Group():
                need = condition.need if wanted else len(condition.children) - condition.need + 1
                good = [child for child in condition.children if self.value(child) is wanted][:need]
                return frozenset().union(*(self.proof(child, wanted) for child in good))
            case _:
                return frozenset({number})
