"""The tiers of many people before and after an edit, as arrays: what a report is counted from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.domain.errors import FieldProblem, Invalid
from suchang.eligibility.engine import Engine
from suchang.eligibility.errors import FactsInvalid
from suchang.eligibility.pack.model import Pack, Type
from suchang.eligibility.single.record import Record

Numbers = NDArray[np.int16]
CHUNK = 8192
EXPLAINED = 2_000
"""For so many changed people (at most) the deciding clauses are looked up; the report says of how many."""


class CityUnknown(Invalid):
    """The fact that should tell the city is no enumeration of the pack."""

    slug = "city_fact_unknown"


@dataclass(frozen=True)
class Pair:
    """The two versions of a pack, the day, and the fact by which people are counted by city."""

    old: Pack
    new: Pack
    on: date
    city_fact: str | None = None

    def __post_init__(self) -> None:
        if self.city_fact is not None:
            fact = self.new.facts.get(self.city_fact)
            if fact is None or fact.type is not Type.ENUM:
                raise CityUnknown(f"{self.city_fact!r} is no enumeration in facts.yaml, so nobody has a city by it")

    @cached_property
    def engines(self) -> tuple[Engine, Engine]:
        """The single-record engines of the two versions."""
        return Engine(self.old), Engine(self.new)

    @property
    def cities(self) -> tuple[str, ...]:
        """The codes of the cities, in declared order."""
        return self.new.facts[self.city_fact].values if self.city_fact else ()

    def tiers(self, side: int) -> tuple[str, ...]:
        """Return the tiers of the old (0) or new (1) version, best first; the place after the last means no tier."""
        return tuple(tier.id for tier in (self.old, self.new)[side].tiers)


@dataclass(frozen=True)
class Chunk:
    """Answers about some people, one entry each.

    ``before`` and ``after`` are places in the tiers of the old and new pack, best first, and their number for no tier.
    ``rule_before`` and ``rule_after`` are places in ``Pack.rules`` of the deciding rules, -1 for none; they need to be
    right only for those whose tier changes. ``city`` is a place in ``Pair.cities``, -1 when unknown. ``facts_of``
    gives the facts of the n-th person, to explain a change.
    """

    ids: Sequence[str]
    before: Numbers
    after: Numbers
    rule_before: Numbers
    rule_after: Numbers
    city: Numbers
    facts_of: Callable[[int], Mapping[str, Any]]


def answer_rows(pair: Pair, people: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Chunk]:
    """Answer people one by one with the single-record engine, in chunks.

    FactsInvalid names the person whose facts are wrong. A fact that only one pack has is left out for the other.
    """
    known = pair.old.facts.keys() | pair.new.facts.keys()
    cities = {code: place for place, code in enumerate(pair.cities)}
    sides = [_Side(pair, side) for side in (0, 1)]
    # An edit seldom touches the vocabulary, and reading facts is what takes the time.
    alike = _vocabulary(pair.old) == _vocabulary(pair.new)
    rows = iter(people)
    while several := list(islice(rows, CHUNK)):
        tiers = np.empty((2, len(several)), dtype=np.int16)
        rules = np.full((2, len(several)), -1, dtype=np.int16)
        city = np.full(len(several), -1, dtype=np.int16)
        for number, (name, facts) in enumerate(several):
            for fact in facts:
                if fact not in known:
                    raise FactsInvalid([FieldProblem(f"{name}: {fact}", "neither version of the pack has this fact")])
            record = sides[0].record(name, facts)
            records = record, record if alike else sides[1].record(name, facts)
            found = [side.day.tier(record) for side, record in zip(sides, records, strict=True)]
            for place, (side, tier) in enumerate(zip(sides, found, strict=True)):
                tiers[place, number] = side.places[tier]
                if found[0] != found[1]:
                    rules[place, number] = side.deciding(records[place])
            city[number] = cities.get(str(facts.get(pair.city_fact or "")), -1)
        ids = [name for name, _ in several]
        yield Chunk(ids, tiers[0], tiers[1], rules[0], rules[1], city, partial(_facts_of, several))


def _vocabulary(pack: Pack) -> list[tuple[object, ...]]:
    """Return what decides how the facts of a person are read and held."""
    return [
        (
            fact.name,
            fact.type,
            fact.values,
            fact.register,
            [(each.name, each.type, each.values) for each in fact.fields],
        )
        for fact in pack.facts.values()
    ]


def _facts_of(several: Sequence[tuple[str, Mapping[str, Any]]], number: int) -> Mapping[str, Any]:
    return several[number][1]


class _Side:
    """One version of the pack."""

    def __init__(self, pair: Pair, side: int) -> None:
        self.engine = pair.engines[side]
        self.day = self.engine.day(pair.on)
        tiers = pair.tiers(side)
        self.places: dict[str | None, int] = {tier: place for place, tier in enumerate(tiers)}
        self.places[None] = len(tiers)
        self.rules = {name: place for place, name in enumerate((pair.old, pair.new)[side].rules)}

    def record(self, name: str, facts: Mapping[str, Any]) -> Record:
        """Read one person's facts; FactsInvalid names the person."""
        try:
            return self.engine.parse_facts(facts, ignore_unknown=True)
        except FactsInvalid as error:
            raise FactsInvalid([FieldProblem(f"{name}: {each.field}", each.message) for each in error.errors]) from None

    def deciding(self, record: Record) -> int:
        """Return the place of the deciding rule, -1 for none."""
        rule = self.day.deciding(record)
        return self.rules[rule.id] if rule else -1
