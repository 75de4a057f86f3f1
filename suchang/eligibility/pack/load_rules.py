"""Read conditions.yaml and rules/*.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from suchang.eligibility.pack.condition_parser import Grammar, Reference
from suchang.eligibility.pack.model import ALWAYS, ConditionVersion, Label, RuleKind, RuleVersion, Source, Status
from suchang.eligibility.pack.reader import ID, NAME, Notes, Skip, Value

MAX_RULES = 5000
_OPTIONAL = ("tiers", "track", "in_force", "valid_for", "evidence", "status", "waives", "categories")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What pack.yaml declares and rules refer to."""

    tiers: tuple[str, ...]
    tracks: Collection[str]
    documents: Collection[str]
    status: Status


def read_conditions(value: Value, grammar: Grammar) -> list[ConditionVersion]:
    """Read the named conditions in declared order; a bad one is noted and left out."""
    found = []
    for each in value.mapping(["conditions"])["conditions"].items():
        with suppress(Skip):
            keys = each.mapping(["id", "name", "when"], ["in_force"])
            found.append(
                ConditionVersion(
                    id=keys["id"].matching(NAME, "an id: lower-case letters, digits and underscores"),
                    name=keys["name"].label(),
                    period=keys["in_force"].period() if "in_force" in keys else ALWAYS,
                    when=grammar.condition(keys["when"]),
                    place=each.place,
                )
            )
    return found


def read_rules(value: Value, grammar: Grammar, words: Vocabulary) -> list[RuleVersion]:
    """Read the rules of one file in declared order; a bad one is noted and left out."""
    found = []
    for each in value.mapping(["rules"])["rules"].items():
        with suppress(Skip):
            found.append(_rule(each, grammar, words))
    return found


def _rule(value: Value, grammar: Grammar, words: Vocabulary) -> RuleVersion:
    keys = value.mapping(["id", "kind", "name", "source", "when"], _OPTIONAL)
    name = keys["id"].matching(ID, "an id: letters, digits, dot, dash and underscore")
    kind = RuleKind(keys["kind"].one_of([each.value for each in RuleKind], "kind of rule"))
    if (kind is RuleKind.WAIVER) != ("waives" in keys):
        raise value.fail("a waiver, and only a waiver, needs 'waives': the ids of the bases that it excuses")
    if kind is not RuleKind.TIER:
        for key in ("track", "valid_for"):
            if key in keys:
                raise keys[key].fail(f"only a rule of kind tier has {key!r}")
    return RuleVersion(
        id=name,
        kind=kind,
        tiers=_tiers(value, keys, kind, words),
        track=keys["track"].one_of(words.tracks, "track of pack.yaml") if "track" in keys else None,
        name=keys["name"].label(),
        source=_source(keys["source"], words),
        period=keys["in_force"].period() if "in_force" in keys else ALWAYS,
        valid_for=keys["valid_for"].duration() if "valid_for" in keys else None,
        evidence=_evidence(keys["evidence"]) if "evidence" in keys else (),
        status=Status(keys["status"].one_of(list(Status), "status")) if "status" in keys else words.status,
        waives=_waives(keys["waives"], grammar) if "waives" in keys else (),
        when=grammar.condition(keys["when"]),
        place=value.place,
        categories=_categories(keys["categories"], grammar) if "categories" in keys else (),
    )


def _categories(value: Value, grammar: Grammar) -> tuple[str, ...]:
    codes = []
    for each in value.items(20):
        codes.append(each.text("a code of catalogues/categories.csv"))
        grammar.references.append(Reference("category", codes[-1], each.place))
    return tuple(dict.fromkeys(codes))


def _tiers(value: Value, keys: Mapping[str, Value], kind: RuleKind, words: Vocabulary) -> tuple[str, ...]:
    if "tiers" not in keys:
        if kind is RuleKind.TIER:
            raise value.fail("a rule of kind tier needs 'tiers' with exactly one tier, such as [B]")
        return words.tiers
    named = [each.one_of(words.tiers, "tier of pack.yaml") for each in keys["tiers"].items()]
    if len(set(named)) != len(named):
        raise keys["tiers"].fail("a tier stands here twice")
    if kind is RuleKind.TIER and len(named) != 1:
        raise keys["tiers"].fail("a rule of kind tier gives exactly one tier; write a second rule for the other")
    return tuple(tier for tier in words.tiers if tier in named)


def _source(value: Value, words: Vocabulary) -> Source:
    keys = value.mapping(["document", "section"])
    return Source(
        keys["document"].one_of(words.documents, "document of pack.yaml"),
        keys["section"].text("a section of the document"),
    )


def _evidence(value: Value) -> tuple[Label, ...]:
    return tuple(each.label() for each in value.items(50))


def _waives(value: Value, grammar: Grammar) -> tuple[str, ...]:
    names = []
    for each in value.items(100):
        name = each.text("the id of a base")
        grammar.references.append(Reference("base", name, each.place))
        names.append(name)
    if len(set(names)) != len(names):
        raise value.fail("a base stands here twice")
    return tuple(names)


Version = TypeVar("Version", ConditionVersion, RuleVersion)


def by_id(versions: Sequence[Version], notes: Notes) -> dict[str, tuple[Version, ...]]:
    """Gather the versions of each id, sorted by period, and note the ones that overlap."""
    found: dict[str, list[Version]] = {}
    for each in versions:
        found.setdefault(each.id, []).append(each)
    for name, several in found.items():
        several.sort(key=lambda each: each.period.start)
        for before, after in pairwise(several):
            if before.period.overlaps(after.period):
                notes.add(
                    after.place,
                    f"two versions of {name} are in force on {after.period.start} (the other at {before.place}); "
                    f"end the earlier one the day before",
                )
    return {name: tuple(several) for name, several in found.items()}
