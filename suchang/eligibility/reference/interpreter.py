"""The reference interpreter: whole determinations from meaning.py, as plainly as possible.

Slow and obvious on purpose; tests compare every back end with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import inf
from typing import Any

from suchang.eligibility.pack.condition_ast import AtLeast, Atom, Items, Leaf, Node, Not, RuleMet, Use
from suchang.eligibility.pack.model import Fact, Pack, RuleKind, RuleVersion
from suchang.eligibility.reference.semantics import Meaning, Value, conjunction

Cost = tuple[float, list[Atom]]


@dataclass(frozen=True)
class Answer:
    """What the rules mean for one person on one day."""

    status: dict[str, Value]
    """Every rule of the pack."""
    grant: dict[str, Value]
    """Every tier rule of the pack."""
    tier: str | None
    possible_tier: str | None
    met: list[str]
    unknown: list[tuple[str, list[str]]]
    nearest_miss: list[tuple[str, float, list[Atom]]]


def determine(pack: Pack, facts: Mapping[str, Any], on: date) -> Answer:
    """Determine a person from facts that a record would accept."""
    return _Reference(pack, facts, on).answer()


class _Reference(Meaning):
    def answer(self) -> Answer:
        """Put everything together."""
        status = {name: self.status(name) for name in self.pack.rules}
        grant: dict[str, Value] = {}
        for name, several in self.pack.rules.items():
            if several[0].kind is RuleKind.TIER:
                rule = self.rules.get(name)
                grant[name] = conjunction([self.gate(rule.tiers[0]), status[name]]) if rule else False
        tiers = [tier.id for tier in self.pack.tiers]
        ordered = [rule.id for tier in tiers for rule in self.of_kind(RuleKind.TIER, tier)]
        met = [name for name in ordered if grant[name] is True]
        unknown = [name for name in ordered if grant[name] is None]
        possible = [name for name in ordered if grant[name] is not False]
        tier = self.rules[met[0]].tiers[0] if met else None
        better = tiers[: tiers.index(tier)] if tier else tiers
        near = [self.nearest(name) for name in better]
        return Answer(
            status=status,
            grant=grant,
            tier=tier,
            possible_tier=self.rules[possible[0]].tiers[0] if possible else None,
            met=met,
            unknown=[(name, self.needs(name)) for name in unknown],
            nearest_miss=[each for each in near if each],
        )

    def nearest(self, tier: str) -> tuple[str, float, list[Atom]] | None:
        """Return the rule of a tier with the least finite cost."""
        found = [(rule.id, *self.rule_cost(rule, self.effort)) for rule in self.of_kind(RuleKind.TIER, tier)]
        finite = [each for each in found if each[1] < inf]
        return min(finite, key=lambda each: (each[1], len(each[2])), default=None)

    def needs(self, name: str) -> list[str]:
        """Return a smallest set of unknown facts that could make a rule met."""
        _, atoms = self.rule_cost(self.rules[name], lambda _fact: inf)
        facts = {atom.fact for atom in atoms}
        return [fact for fact in self.pack.facts if fact in facts]

    @staticmethod
    def effort(fact: Fact) -> float:
        """Return what it takes to change a fact."""
        return fact.effort if fact.changeable else inf

    def rule_cost(self, rule: RuleVersion, effort: Callable[[Fact], float]) -> Cost:
        """Return the cost of a rule: the least over subsets of waivers, smaller and earlier ones first."""
        tier = rule.tiers[0]
        waivers = self.of_kind(RuleKind.WAIVER, tier)
        best: Cost = (inf, [])
        for size in range(len(waivers) + 1):
            for chosen in combinations(waivers, size):
                waived = {base for waiver in chosen for base in waiver.waives}
                parts = [self.want(waiver.when, True, effort) for waiver in chosen]
                parts += [
                    self.want(base.when, True, effort)
                    for base in self.of_kind(RuleKind.BASE, tier)
                    if base.id not in waived
                ]
                parts += [self.want(bar.when, False, effort) for bar in self.of_kind(RuleKind.EXCLUSION, tier)]
                cost = self.sum([*parts, self.want(rule.when, True, effort)])
                if cost[0] < best[0]:
                    best = cost
        order = self.declared_atoms(rule)
        return best[0], sorted(best[1], key=order.index)

    def declared_atoms(self, rule: RuleVersion) -> list[Atom]:
        """Return all atoms of a rule's gate and of the rule in declared order."""
        tier, found = rule.tiers[0], []
        for kind in (RuleKind.WAIVER, RuleKind.BASE, RuleKind.EXCLUSION):
            for each in self.of_kind(kind, tier):
                found += self.atoms(each.when)
        return found + self.atoms(rule.when)

    def atoms(self, node: Node) -> list[Atom]:
        """Return the atoms below a condition in declared order."""
        match node:
            case AtLeast():
                return [atom for child in node.children for atom in self.atoms(child)]
            case Not():
                return self.atoms(node.child)
            case Use():
                return self.atoms(self.condition(node.condition))
            case RuleMet():
                return self.atoms(self.rules[node.rule].when) if node.rule in self.rules else []
            case Leaf() | Items():
                return [node]

    @staticmethod
    def sum(parts: list[Cost]) -> Cost:
        """Add costs; an atom that is in several is listed once."""
        atoms: list[Atom] = []
        for part in parts:
            atoms += [atom for atom in part[1] if atom not in atoms]
        return sum(part[0] for part in parts), atoms

    def want(self, node: Node, wanted: bool, effort: Callable[[Fact], float]) -> Cost:
        """Return the cost of making a condition true or false, and the atoms to change."""
        if self.value(node) is wanted:
            return 0, []
        match node:
            case AtLeast():
                need = node.need if wanted else len(node.children) - node.need + 1
                parts = [self.want(child, wanted, effort) for child in node.children]
                return self.sum(sorted(parts, key=lambda part: (part[0], len(part[1])))[:need])
            case Not():
                return self.want(node.child, not wanted, effort)
            case Use():
                return self.want(self.condition(node.condition), wanted, effort)
            case RuleMet():
                return self.want(self.rules[node.rule].when, wanted, effort) if node.rule in self.rules else (inf, [])
            case Items():
                return self.items_cost(node, wanted, effort(self.pack.facts[node.fact])), [node]
            case Leaf():
                return (1 if self.value(node) is None else effort(self.pack.facts[node.fact])), [node]

    def items_cost(self, node: Items, wanted: bool, effort: float) -> float:
        """Return the cost of a test of a list."""
        counted = self.counted(node)
        if counted is None:
            return 1
        true, unknown = counted
        if not wanted:
            return inf if true >= node.need else 1
        lacking = node.need - true
        return min(unknown, lacking) + (effort * (lacking - unknown) if lacking > unknown else 0)
