"""What can be said about a rule before any person is seen: its atoms in declared order, and what they may cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from suchang.eligibility.in_force.rules_in_force import Group, Negated, Never, RulesInForce, TierInForce
from suchang.eligibility.pack.condition_ast import Items, Leaf
from suchang.eligibility.pack.model import Fact


def atoms_below(edition: RulesInForce, number: int, wanted: bool = True) -> Iterator[tuple[int, bool]]:
    """Yield the atoms that a condition comes to, in declared order and as often as they are reached.

    Each comes with the value that makes it help: a leaf below a ``not`` helps by being false.
    """
    condition = edition.conditions[number]
    match condition:
        case Group():
            for child in condition.children:
                yield from atoms_below(edition, child, wanted)
        case Negated():
            yield from atoms_below(edition, condition.child, not wanted)
        case Never():
            return
        case _:
            yield number, wanted


def gate_atoms(edition: RulesInForce, tier: TierInForce) -> Iterator[tuple[int, bool]]:
    """Yield the atoms of a tier's gate: waivers, bases, exclusions (which help by being false)."""
    for rule in (*tier.waivers, *tier.bases):
        yield from atoms_below(edition, rule.condition)
    for rule in tier.exclusions:
        yield from atoms_below(edition, rule.condition, wanted=False)


def fact_of(edition: RulesInForce, atom: int) -> Fact:
    """Return the fact that an atom is about."""
    condition = edition.conditions[atom]
    if not isinstance(condition, (Leaf, Items)):
        raise TypeError(condition)
    return edition.pack.facts[condition.fact]


def dearest(edition: RulesInForce, atom: int) -> int:
    """Return the largest finite cost that an atom can have."""
    condition = edition.conditions[atom]
    effort = fact_of(edition, atom).effort
    return effort * condition.need if isinstance(condition, Items) else effort


@dataclass(frozen=True, slots=True)
class RuleShape:
    """One rule of a tier: its distinct atoms in declared order (the gate's first), and how they can be counted."""

    atoms: tuple[int, ...]
    wanted: tuple[bool, ...]
    own: tuple[int, ...]
    """The atoms of ``when`` alone."""
    simple: bool
    """No atom is reached twice, in the rule or in it and the gate: costs and numbers of atoms may just be added."""


def shape_of(edition: RulesInForce, tier: TierInForce, condition: int) -> RuleShape:
    """Describe a rule of a tier by its condition."""
    gate = dict(gate_atoms(edition, tier))
    reached = list(atoms_below(edition, condition))
    own = dict(reached)
    everything = own | gate
    order = [*gate, *(atom for atom in own if atom not in gate)]
    simple = len(own) == len(reached) and not set(own) & set(gate)
    return RuleShape(tuple(order), tuple(everything[atom] for atom in order), tuple(own), simple)
