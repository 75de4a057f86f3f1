"""Determine one person: the tier, what proves it, what is unknown and what is nearly met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from suchang.eligibility.determination import Determination, Met, Near, Open
from suchang.eligibility.edition import RuleInForce, edition_of
from suchang.eligibility.exact import Exact, Want
from suchang.eligibility.model import Pack
from suchang.eligibility.programs import Bound, Programs
from suchang.eligibility.record import Layout, Record
from suchang.eligibility.wording import Wording


class Engine:
    """Answers for one pack. Building one is cheap; code is generated when a day is first asked about."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.layout = Layout(pack.facts)
        self._programs = Programs(pack, self.layout)
        self._days: dict[date, _Day] = {}

    def parse_facts(self, given: Mapping[str, Any], *, ignore_unknown: bool = False) -> Record:
        """Check facts given as JSON values; FactsInvalid names each bad field by its path."""
        return self.layout.read(given, ignore_unknown=ignore_unknown)

    def tier(self, record: Record, on: date) -> str | None:
        """Give the tier alone."""
        return self.day(on).tier(record)

    def determine(self, record: Record, on: date, *, all_rules: bool = False) -> Determination:
        """Determine a person on a day; DateOutOfRange outside 1900 to 2199."""
        return self.day(on).determine(record, all_rules=all_rules)

    def day(self, on: date) -> _Day:
        """Give the engine for one day: for many people on the same day it saves the look-up."""
        found = self._days.get(on)
        if found is None:
            bound = self._programs.bound(edition_of(self.pack, on), on)
            if len(self._days) >= Programs.KEPT_DAYS:
                self._days.clear()
            found = self._days[on] = _Day(bound)
        return found


class _Day:
    """One pack on one day."""

    def __init__(self, bound: Bound) -> None:
        self.bound, self.edition, self.on = bound, bound.edition, bound.on
        self.writer, self.order = bound.program.writer, bound.program.order
        self.ids = [*(tier.id for tier in self.edition.tiers), None]
        self.wording = Wording(bound)
        self._atoms: dict[tuple[int, int, int], tuple[int, ...]] = {}
        self._lists: dict[tuple[int, int, int], tuple[tuple[int, ...], tuple[bool, ...]]] = {}
        self._needs: dict[tuple[int, int, int], tuple[str, ...]] = {}
        self._misses = [self._misses_of(place) for place in range(len(self.edition.tiers))]
        self._gated = [bool(tier.bases or tier.exclusions) for tier in self.edition.tiers]
        self._packings = [self.writer.packing(place) for place in range(len(self.edition.tiers))]

    def tier(self, record: Record) -> str | None:
        """Give the tier alone."""
        return self.ids[self.bound.tier_only(record.values)]

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
                unknown.append(Open(rule, asked.needs(place, rule)))
        near = []
        for place in range(first):
            miss = asked.near(place)
            if miss is not None:
                near.append(miss)
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
        """Give the value of every rule of the pack; one that is not in force is false."""
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

    def _misses_of(self, place: int) -> Any:
        def first_time(values: tuple[Any, ...], gate: int) -> Any:
            run = self.bound.run(("misses", place), partial(self.writer.misses, place), partial(self._exact, place))
            self._misses[place] = run
            return run(values, gate)

        return first_time

    def _exact(self, place: int, index: int, values: tuple[Any, ...], _gate: int) -> int:
        """Give the packed cost (mask 0) of a rule of which an atom is reached twice, its gate included."""
        want = self.whole(place, self.edition.rules[index], values, learn_only=False)
        packing = self._packings[place]
        return packing.infinite if want.cost == float("inf") else packing.pack(int(want.cost), len(want.atoms), 0)

    def whole(self, place: int, rule: RuleInForce, values: tuple[Any, ...], *, learn_only: bool) -> Want:
        """Give the exact cost of a rule with its gate."""
        exact = Exact(self.bound, values, learn_only=learn_only)
        gate, own = exact.gate(self.edition.tiers[place]), exact.want(rule.condition, True)
        return Want(gate.cost + own.cost, gate.atoms | own.atoms)

    def listed(self, place: int, index: int, atoms: frozenset[int]) -> tuple[int, ...]:
        """Put atoms in declared order: the gate's first."""
        return tuple(atom for atom in self.writer.shapes[place, index].atoms if atom in atoms)

    def wanted(self, place: int, index: int, atoms: frozenset[int]) -> tuple[tuple[int, ...], tuple[bool, ...]]:
        """Put atoms in declared order, each with the value that would help."""
        shape = self.writer.shapes[place, index]
        pairs = [pair for pair in zip(shape.atoms, shape.wanted, strict=True) if pair[0] in atoms]
        return tuple(atom for atom, _ in pairs), tuple(wanted for _, wanted in pairs)

    def masked(self, place: int, index: int, mask: int) -> tuple[int, ...]:
        """Give the atoms of a mask over a rule's own atoms."""
        key = place, index, mask
        found = self._atoms.get(key)
        if found is None:
            own = self.writer.shapes[place, index].own
            found = self._atoms[key] = tuple(atom for bit, atom in enumerate(own) if mask >> bit & 1)
        return found


class _Asked:
    """One question; remembers what several rules of a tier share."""

    __slots__ = ("_gates", "_proofs", "day", "open", "values")

    def __init__(self, day: _Day, values: tuple[Any, ...], gates: int) -> None:
        self.day, self.values, self.open = day, values, gates
        self._gates: dict[tuple[int, bool], Want] = {}
        self._proofs: dict[int, tuple[frozenset[int], tuple[str, ...]]] = {}

    def met(self, place: int, rule: RuleInForce) -> Met:
        """Give a met rule with its proof."""
        day, shape = self.day, self.day.writer.shapes[place, rule.index]
        bits = {atom: bit for bit, atom in enumerate(shape.own)}
        run = day.bound.run(("proof", rule.index), partial(day.writer.proof, rule.condition, True, bits))
        own = day.masked(place, rule.index, run(self.values))
        if not day._gated[place]:
            return Met(rule, own, ())
        if place not in self._proofs:
            exact = Exact(day.bound, self.values, learn_only=False)
            self._proofs[place] = exact.gate_proof(day.edition.tiers[place])
        atoms, waivers = self._proofs[place]
        return Met(rule, day.listed(place, rule.index, atoms.union(own)), waivers)

    def needs(self, place: int, rule: RuleInForce) -> tuple[str, ...]:
        """Give the facts of a smallest set that could settle an unknown rule."""
        day, shape = self.day, self.day.writer.shapes[place, rule.index]
        if shape.simple and self.open >> place & 1:
            run = day.bound.run(("needs", place, rule.index), partial(day.writer.needs, place, rule.index))
            mask = run(self.values) & ((1 << day._packings[place].mask_bits) - 1)
            key = place, rule.index, mask
            found = day._needs.get(key)
            if found is None:
                found = day._needs[key] = day.wording.facts(day.masked(place, rule.index, mask))
            return found
        want = day.whole(place, rule, self.values, learn_only=True)
        return day.wording.facts(want.atoms)

    def near(self, place: int) -> Near | None:
        """Give the nearest rule of a tier; None when none can be reached."""
        day, packing = self.day, self.day._packings[place]
        gate, atoms = 0, frozenset[int]()
        if not self.open >> place & 1:
            want = Exact(day.bound, self.values, learn_only=False).gate(day.edition.tiers[place])
            if want.cost == float("inf"):
                return None
            gate, atoms = packing.pack(int(want.cost), len(want.atoms), 0), want.atoms
        won, packed = day._misses[place](self.values, gate)
        if won < 0:
            return None
        rule, cost = day.edition.rules[won], packed >> packing.cost_shift
        if not day.writer.shapes[place, won].simple:
            want = day.whole(place, rule, self.values, learn_only=False)
            return Near(rule, cost, *day.wanted(place, won, want.atoms))
        key = place, won, packed & ((1 << packing.mask_bits) - 1)
        if not atoms and key in day._lists:
            return Near(rule, cost, *day._lists[key])
        lists = day.wanted(place, won, atoms.union(day.masked(*key)))
        if not atoms:
            day._lists[key] = lists
        return Near(rule, cost, *lists)
