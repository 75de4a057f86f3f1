"""From the bitmaps of conditions to gates, grants, tiers and deciding rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columns.packed import Bits, unpack, width
from suchang.eligibility.in_force.rules_in_force import RulesInForce, TierInForce

_SOME = 32
"""Below this part of the people it is faster to look at single ones."""
Pair = tuple[Bits, Bits]
"""Where something is definitely true, and where it is possibly true."""


@dataclass(frozen=True)
class Answer:
    """The rules of one day for a chunk of people; bitmaps as in ``columns``."""

    edition: RulesInForce
    count: int
    status: Mapping[str, Pair]
    """Every rule in force."""

    @cached_property
    def gates(self) -> Mapping[str, Pair]:
        """The gate of every tier: bases met or waived, no exclusion."""
        return {tier.id: _gate(tier, self.status, self.count) for tier in self.edition.tiers}

    @cached_property
    def grant(self) -> Mapping[str, Pair]:
        """Every tier rule in force."""
        found: dict[str, Pair] = {}
        for tier in self.edition.tiers:
            gate = self.gates[tier.id]
            for rule in tier.rules:
                sure, may = self.status[rule.id]
                found[rule.id] = sure & gate[0], may & gate[1]
        return found

    @cached_property
    def tier(self) -> NDArray[np.int8]:
        """The place of the tier, best first; the number of tiers for none."""
        return self._place(0)

    @cached_property
    def possible_tier(self) -> NDArray[np.int8]:
        """The place of the best tier that is true or unknown; the number of tiers for none."""
        return self._place(1)

    @cached_property
    def rule(self) -> NDArray[np.int16]:
        """The place in ``RulesInForce.rules`` of the deciding rule; -1 for none."""
        order = [rule for tier in self.edition.tiers for rule in tier.rules]
        chosen = self._first([self.grant[rule.id][0] for rule in order])
        places = np.array([*(rule.index for rule in order), -1], dtype=np.int16)
        found: NDArray[np.int16] = places[chosen]
        return found

    def rule_of(self, places: NDArray[Any]) -> NDArray[np.int16]:
        """Return the deciding rules of some people."""
        found: NDArray[np.int16]
        if len(places) > self.count // _SOME:
            found = self.rule[places]
            return found
        byte, bit = places >> 3, (places & 7).astype(np.uint8)
        order = [(rule, self.gates[tier.id][0][byte]) for tier in self.edition.tiers for rule in tier.rules]
        held = [self.status[rule.id][0][byte] & gate for rule, gate in order]
        granted = np.array([*held, np.full(len(places), 255, dtype=np.uint8)]) >> bit & 1
        found = np.array([*(rule.index for rule, _ in order), -1], dtype=np.int16)[granted.argmax(axis=0)]
        return found

    def _place(self, side: int) -> NDArray[np.int8]:
        nobody = np.zeros(width(self.count), dtype=np.uint8)
        joined = []
        for tier in self.edition.tiers:
            found = nobody.copy()
            for rule in tier.rules:
                np.bitwise_or(found, self.status[rule.id][side], out=found)
            joined.append(np.bitwise_and(found, self.gates[tier.id][side], out=found))
        return self._first(joined).astype(np.int8, copy=False)

    def _first(self, several: list[Bits]) -> NDArray[Any]:
        """Return for each person the place of the first bitmap that has them, and the number of bitmaps for none.

        The places are written as binary digits, a bitmap a digit, so that only a few bitmaps have to be unpacked.
        """
        digits = max(len(several).bit_length(), 1)
        planes = [np.zeros(width(self.count), dtype=np.uint8) for _ in range(digits)]
        left = np.full(width(self.count), 255, dtype=np.uint8)
        for place, bits in enumerate([*several, left]):
            mine = left & bits if place < len(several) else left
            for digit in range(digits):
                if place >> digit & 1:
                    planes[digit] |= mine
            left = left & ~mine
        small: Any = np.uint8 if digits <= 8 else np.uint32
        found: NDArray[Any] = np.zeros(self.count, dtype=small)
        for digit, plane in enumerate(planes):
            found |= unpack(plane, self.count).astype(small) << small(digit)
        return found


def judge(edition: RulesInForce, steps: Sequence[int], found: Mapping[int, Pair], count: int) -> Answer:
    """Put the rules of a day together: ``found`` has the bitmaps of the steps that their conditions are."""
    return Answer(edition, count, {rule.id: found[steps[rule.condition]] for rule in edition.rules})


def _gate(tier: TierInForce, status: Mapping[str, Pair], count: int) -> Pair:
    sure = np.full(width(count), 255, dtype=np.uint8)
    may = sure.copy()
    for exclusion in tier.exclusions:
        definite, possible = status[exclusion.id]
        sure &= ~possible
        may &= ~definite
    for base in tier.bases:
        definite, possible = status[base.id]
        for waiver in tier.waivers:
            if base.id in waiver.version.waives:
                definite, possible = definite | status[waiver.id][0], possible | status[waiver.id][1]
        sure &= definite
        may &= possible
    return sure, may
