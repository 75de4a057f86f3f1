"""One pack on one day: the tier, what proves it, what is unknown and what is nearly met."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

from suchang.eligibility.explain.determination_text import Wording
from suchang.eligibility.in_force.rules_in_force import RuleInForce
from suchang.eligibility.single.compiled_functions import Bound, Run
from suchang.eligibility.single.determination import Determination, Met, Near, Open
from suchang.eligibility.single.near_miss_search import Exact
from suchang.eligibility.single.record import Record

NO_ATOMS: frozenset[int] = frozenset()


class Day:
    """One pack on one day."""

    def __init__(self, bound: Bound) -> None:
        self.bound, self.edition, self.on = bound, bound.edition, bound.on
        self.writer, self.order = bound.program.writer, bound.program.order
        self.ids = [*(tier.id for tier in self.edition.tiers), None]
        self.wording = Wording(bound)
        places = range(len(self.edition.tiers))
        self.gated = [bool(tier.bases or tier.exclusions) for tier in self.edition.tiers]
        self.packings = [self.writer.packing(place) for place in places]
        self.masks = [(1 << packing.mask_bits) - 1 for packing in self.packings]
        self.open_misses = self._later(self._open_misses)
        self.misses = [self._later(self._misses, place) for place in places]
        owner = {rule.index: place for place, rule in self.order}
        self.proofs = {index: self._later(self._proof, index, place) for index, place in owner.items()}
        self.needs = {index: self._later(self._needs, index, place) for index, place in owner.items()}
        # What is said about a rule depends on masks alone; there are few of them, however many people ask.
        self.mets: dict[tuple[int, int], Met] = {}
        self.opens: dict[tuple[int, int, frozenset[int]], Open] = {}
        self.nears: dict[tuple[int, int], Near] = {}

    def tier(self, record: Record) -> str | None:
        """Return the tier alone."""
        return self.ids[self.bound.tier_only(record.values)]

    def deciding(self, record: Record) -> RuleInForce | None:
        """Return the deciding rule alone: the first of the best tier that is met."""
        granted, _, _ = self.bound.grants(record.values)
        return self.order[(granted & -granted).bit_length() - 1][1] if granted else None

    def determine(self, record: Record, *, all_rules: bool = False) -> Determination:
        """Determine a person."""
        values, order = record.values, self.order
        granted, possible, gates = self.bound.grants(values)
        first = order[(granted & -granted).bit_length() - 1][0] if granted else len(self.ids) - 1
        maybe = order[(possible & -possible).bit_length() - 1][0] if possible else len(self.ids) - 1
        asked = _Asked(self, values, gates)
        met, unknown = [], []
        bits = possible
        while bits:
            bit = bits & -bits
            bits ^= bit
            place, rule = order[bit.bit_length() - 1]
            if granted & bit:
                met.append(asked.met(place, rule))
            else:
                unknown.append(asked.opened(place, rule))
        better = (1 << first) - 1
        if gates & better == better:
            keys = self.open_misses(values, first)
            misses = [self.nears.get(key) or asked.nearest(place, key, NO_ATOMS) for place, key in enumerate(keys)]
        else:
            misses = [asked.near(place) for place in range(first)]
        near = [miss for miss in misses if miss is not None]
        return Determination(
            self.edition,
            record,
            self.on,
            self.ids[first],
            self.ids[maybe],
            tuple(met),
            tuple(unknown),
            tuple(near),
            self.wording,
            self.statuses(values) if all_rules else None,
        )

    def statuses(self, values: tuple[Any, ...]) -> dict[str, bool | None]:
        """Return the value of every rule of the pack; one that is not in force is false."""
        true, false = self.bound.run("statuses", self.writer.statuses)(values)
        answer: dict[str, bool | None] = {}
        for name in self.edition.pack.rules:
            rule = self.edition.by_id.get(name)
            if rule is None:
                answer[name] = False
            else:
                bit = 1 << rule.index
                answer[name] = True if true & bit else False if false & bit else None
        return answer

    @staticmethod
    def _later(make: Callable[..., Run], *arguments: int) -> Run:
        """Return a function that is generated when it is first called."""
        made: list[Run] = []

        def run(*values: Any) -> Any:
            if not made:
                made.append(make(*arguments))
            return made[0](*values)

        return run

    def _misses(self, place: int) -> Run:
        run = self.bound.run(("misses", place), partial(self.writer.misses, place), self._exact)
        self.misses[place] = run
        return run

    def _open_misses(self) -> Run:
        run = self.bound.run("open misses", self.writer.open_misses, self._exact)
        self.open_misses = run
        return run

    def _proof(self, index: int, place: int) -> Run:
        bits = {atom: bit for bit, atom in enumerate(self.writer.shapes[place, index].own)}
        condition = self.edition.rules[index].condition
        run = self.bound.run(("proof", index), partial(self.writer.proof, condition, True, bits))
        self.proofs[index] = run
        return run

    def _needs(self, index: int, place: int) -> Run:
        run = self.bound.run(("needs", index), partial(self.writer.needs, place, index))
        self.needs[index] = run
        return run

    def _exact(self, place: int, index: int, values: tuple[Any, ...]) -> int:
        """Return the packed cost (mask 0) of a rule of which an atom is reached twice, its gate included."""
        exact = Exact(self.bound, values, learn_only=False)
        want = exact.whole(self.edition.tiers[place], self.edition.rules[index])
        packing = self.packings[place]
        return packing.infinite if want.cost == inf else packing.pack(int(want.cost), len(want.atoms), 0)

    def listed(self, place: int, index: int, atoms: frozenset[int]) -> tuple[int, ...]:
        """Put atoms in declared order: the gate's first."""
        return tuple(atom for atom in self.writer.shapes[place, index].atoms if atom in atoms)

    def wanted(self, place: int, index: int, atoms: frozenset[int]) -> tuple[tuple[int, ...], tuple[bool, ...]]:
        """Put atoms in declared order, each with the value that would help."""
        shape = self.writer.shapes[place, index]
        pairs = [pair for pair in zip(shape.atoms, shape.wanted, strict=True) if pair[0] in atoms]
        return tuple(atom for atom, _ in pairs), tuple(wanted for _, wanted in pairs)

    def masked(self, place: int, index: int, mask: int) -> tuple[int, ...]:
        """Return the atoms of a mask over a rule's own atoms."""
        own = self.writer.shapes[place, index].own
        return tuple(atom for bit, atom in enumerate(own) if mask >> bit & 1)


class _Asked:
    """One question; remembers what several rules of a tier share."""

    __slots__ = ("_change", "_learn", "_proofs", "day", "open", "values")

    def __init__(self, day: Day, values: tuple[Any, ...], gates: int) -> None:
        self.day, self.values, self.open = day, values, gates
        self._proofs: dict[int, tuple[frozenset[int], tuple[str, ...]]] = {}
        self._change: Exact | None = None
        self._learn: Exact | None = None

    @property
    def change(self) -> Exact:
        """The exact answers when facts may be changed; rules of one question share what they find."""
        if self._change is None:
            self._change = Exact(self.day.bound, self.values, learn_only=False)
        return self._change

    @property
    def learn(self) -> Exact:
        """The exact answers when facts may only be learnt."""
        if self._learn is None:
            self._learn = Exact(self.day.bound, self.values, learn_only=True)
        return self._learn

    def met(self, place: int, rule: RuleInForce) -> Met:
        """Return a met rule with its proof."""
        day = self.day
        mask = day.proofs[rule.index](self.values)
        if not day.gated[place]:
            key = rule.index, mask
            found = day.mets.get(key)
            if found is None:
                found = day.mets[key] = Met(rule, day.masked(place, rule.index, mask), ())
            return found
        if place not in self._proofs:
            self._proofs[place] = self.change.gate_proof(day.edition.tiers[place])
        atoms, waivers = self._proofs[place]
        return Met(rule, day.listed(place, rule.index, atoms.union(day.masked(place, rule.index, mask))), waivers)

    def opened(self, place: int, rule: RuleInForce) -> Open:
        """Return an unknown rule with the facts of a smallest set that could settle it."""
        day = self.day
        if day.writer.shapes[place, rule.index].simple:
            mask = day.needs[rule.index](self.values) & day.masks[place]
            gate = NO_ATOMS if self.open >> place & 1 else self.learn.gate(day.edition.tiers[place]).atoms
            key = rule.index, mask, gate
            found = day.opens.get(key)
            if found is None:
                found = Open(rule, day.wording.facts(gate.union(day.masked(place, rule.index, mask))))
                day.opens[key] = found
            return found
        want = self.learn.whole(day.edition.tiers[place], rule)
        return Open(rule, day.wording.facts(want.atoms))

    def near(self, place: int) -> Near | None:
        """Return the nearest rule of a tier; None when none can be reached."""
        day, gate, atoms = self.day, 0, NO_ATOMS
        if not self.open >> place & 1:
            want = self.change.gate(day.edition.tiers[place])
            if want.cost == inf:
                return None
            gate, atoms = day.packings[place].pack(int(want.cost), len(want.atoms), 0), want.atoms
        return self.nearest(place, day.misses[place](self.values, gate), atoms)

    def nearest(self, place: int, key: tuple[int, int], atoms: frozenset[int]) -> Near | None:
        """Return what a near miss lacks, by its rule and packed cost; ``atoms`` are those of a closed gate."""
        day = self.day
        if not atoms:
            found = day.nears.get(key)
            if found is not None:
                return found
        won, packed = key
        if won < 0:
            return None
        rule, cost = day.edition.rules[won], packed >> day.packings[place].cost_shift
        if not day.writer.shapes[place, won].simple:
            want = self.change.whole(day.edition.tiers[place], rule)
            return Near(rule, cost, *day.wanted(place, won, want.atoms))
        near = Near(rule, cost, *day.wanted(place, won, atoms.union(day.masked(place, won, packed & day.masks[place]))))
        if not atoms:
            day.nears[key] = near
        return near
