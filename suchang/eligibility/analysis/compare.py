"""Who changes when a pack is edited: for each pair of tiers a person who moves between them, or proof of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from suchang.domain.errors import Invalid
from suchang.eligibility.analysis.days import days_to_look_at
from suchang.eligibility.analysis.edited_parts import witnesses_of_parts
from suchang.eligibility.analysis.encode import added, items_wanted, most
from suchang.eligibility.analysis.findings import Change
from suchang.eligibility.analysis.search import Search
from suchang.eligibility.in_force.rules_in_force import RulesInForce, TierInForce, rules_in_force
from suchang.eligibility.pack.model import Pack


class NotComparable(Invalid):
    """Two packs give a fact of the same name different types."""

    slug = "packs_not_comparable"


def who_changes_from(old: Pack, new: Pack, on: date) -> Iterator[Change]:
    """Yield each edited part, and each further kind of change, with a person and the first day of it from a day on.

    An amendment may lie ahead.
    """
    told: set[tuple[str | None, ...]] = set()
    for day in sorted({*days_to_look_at(old, on), *days_to_look_at(new, on)}):
        editions = rules_in_force(old, day), rules_in_force(new, day)
        for change in (*witnesses_of_parts(old, new, day, editions), *who_changes(old, new, day)):
            kind = (change.before, change.after)
            what = (change.owner, change.part) if change.owner else kind
            if what not in told:
                told |= {what, kind}
                yield change


def who_changes(old: Pack, new: Pack, on: date) -> Iterator[Change]:
    """Yield one witness for each pair of different tiers between which the edit moves somebody.

    ``rules determine`` with each pack reproduces them; a fact that only one of the packs knows is left to
    ``--ignore-unknown-facts``. NotComparable when a fact changed its type.
    """
    for name in old.facts.keys() & new.facts.keys():
        if _shape(old, name) != _shape(new, name):
            raise NotComparable(f"the fact {name!r} is not of the same type and values in both packs")
    editions = rules_in_force(old, on), rules_in_force(new, on)
    search = Search([(old, on), (new, on)], _items(editions))
    before, after = search.views
    names = [[*(tier.id for tier in pack.tiers), None] for pack in (old, new)]
    for one in names[0]:
        for other in names[1]:
            if one != other:
                facts = search.witness(before.has_tier(one), after.has_tier(other))
                if facts is not None:
                    yield Change(one, other, on, facts)


def _shape(pack: Pack, name: str) -> Any:
    fact = pack.facts[name]
    return fact.type, fact.values, [(each.name, each.type, each.values) for each in fact.fields]


def _items(editions: tuple[RulesInForce, RulesInForce]) -> dict[str, int]:
    """Count the items that matter: one rule met in one pack, all others of both not met."""
    return added(added([most(_single(each)), *(_not(tier, each) for tier in each.tiers)]) for each in editions)


def _single(edition: RulesInForce) -> Iterator[dict[str, int]]:
    for tier in edition.tiers:
        gate = [(each.condition, True) for each in (*tier.bases, *tier.waivers)]
        gate += [(each.condition, False) for each in tier.exclusions]
        for rule in tier.rules:
            yield items_wanted(edition, [(rule.condition, True), *gate])


def _not(tier: TierInForce, edition: RulesInForce) -> dict[str, int]:
    roots = [(each.condition, False) for each in (*tier.rules, *tier.bases, *tier.waivers)]
    return items_wanted(edition, roots + [(each.condition, True) for each in tier.exclusions])
