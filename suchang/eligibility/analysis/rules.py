"""Rules that nobody can meet, and rules that never decide because a better one always does.

For a rule the question is put on the day asked about and on every later day on which a rule, a condition or a catalogue
changes, as long as the rule is in force; what lies in the past is history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import z3

from suchang.eligibility.analysis.branches import dead_branches
from suchang.eligibility.analysis.days import days_to_look_at
from suchang.eligibility.analysis.encode import View, added, items_wanted, most
from suchang.eligibility.analysis.findings import Code, Finding
from suchang.eligibility.analysis.search import Search, Unsettled
from suchang.eligibility.errors import Place
from suchang.eligibility.in_force.rules_in_force import Group, RuleInForce, RulesInForce, TierInForce, rules_in_force
from suchang.eligibility.pack.model import Pack, RuleKind


def items_for(edition: RulesInForce) -> dict[str, int]:
    """Count the items that any question of this module can use: one rule wanted true while all others are not."""
    others = [items_wanted(edition, _wanted(tier, False)) for tier in edition.tiers]
    single = [
        added(
            [
                items_wanted(edition, [(rule.condition, True)]),
                *(items_wanted(edition, [(each.condition, True)]) for each in (*tier.bases, *tier.waivers)),
            ]
        )
        for tier in edition.tiers
        for rule in tier.rules
    ]
    gates = [items_wanted(edition, [(rule.condition, True)]) for rule in edition.rules]
    return added([most([*single, *gates]), *others])


def _wanted(tier: TierInForce, wanted: bool) -> Iterator[tuple[int, bool]]:
    """Yield the roots of a tier's value when it is wanted true or not."""
    for rule in (*tier.rules, *tier.bases, *tier.waivers):
        yield rule.condition, wanted
    for rule in tier.exclusions:
        yield rule.condition, not wanted


def look_at_rules(pack: Pack, on: date) -> Iterator[Finding]:
    """Find rules that nobody can meet, that only barred people can meet, and that never decide."""
    found: set[tuple[Code, Place]] = set()
    for day in days_to_look_at(pack, on):
        edition = rules_in_force(pack, day)
        view = (search := Search([(pack, day)], items_for(edition))).view
        before: list[tuple[RuleInForce, Any]] = []
        for rule in edition.rules:
            finding = _settled(_impossible, search, rule)
            if not finding and rule.version.kind is RuleKind.TIER:
                tier = next(each for each in edition.tiers if rule in each.rules)
                finding = _settled(_barred, search, tier, rule)
            if finding and (finding.code, finding.place) not in found:
                found.add((finding.code, finding.place))
                yield finding
        dead = list(dead_branches(search, found))
        found |= {(finding.code, finding.place) for finding in dead}
        yield from dead
        for tier in edition.tiers:
            for rule in tier.rules:
                granted = view.grant(tier, rule).definite
                finding = _settled(_shadowed, search, rule, granted, before)
                before.append((rule, granted))
                if finding and (finding.code, finding.place) not in found:
                    found.add((finding.code, finding.place))
                    yield finding


def _settled(look: Callable[..., Finding | None], search: Search, *about: Any) -> Finding | None:
    """Put a question; what takes too long is said to be open."""
    try:
        return look(search, *about)
    except Unsettled:
        rule = next(each for each in about if isinstance(each, RuleInForce))
        message = f"{rule.id}: whether it can be met and can decide took too long to prove"
        return Finding(Code.UNSETTLED, rule.version.place, message, search.view.on)


def _impossible(search: Search, rule: RuleInForce) -> Finding | None:
    view = search.view
    if search.model(view.status(rule).definite, plausible=False) is not None:
        return None
    parts = search.core(_parts(view, rule))
    clash = f" ({' and '.join(parts)} exclude one another)" if len(parts) > 1 else ""
    message = f"{rule.id} can't be met by anybody on {view.on}{clash}; correct what contradicts itself in it"
    facts = _nearly(search, view, rule)
    return Finding(Code.IMPOSSIBLE, rule.version.place, message, view.on, facts, {"status": {rule.id: False}})


def _barred(search: Search, tier: TierInForce, rule: RuleInForce) -> Finding | None:
    view = search.view
    if search.model(view.grant(tier, rule).definite, plausible=False) is not None:
        return None
    message = f"{rule.id} can be met, but whoever meets it is kept from tier {tier.id} by bases or exclusions"
    facts = search.witness(view.status(rule).definite, z3.Not(view.value(tier).definite))
    shows = {"status": {rule.id: True}, "tier not": tier.id}
    return Finding(Code.BARRED, rule.version.place, message, view.on, facts, shows)


def _parts(view: View, rule: RuleInForce) -> dict[str, Any]:
    """Name the parts of a rule that all must hold, by their numbers in the order written."""
    condition = view.edition.conditions[rule.condition]
    if not isinstance(condition, Group) or condition.need != len(condition.children):
        return {"its condition": view.condition(rule.condition).definite}
    return {f"condition {number}": view.condition(child).definite for number, child in enumerate(condition.children, 1)}


def _nearly(search: Search, view: View, rule: RuleInForce) -> dict[str, Any] | None:
    """Find a person who meets as much of an impossible rule as one can, and for whom it is false, not unknown."""
    kept: list[Any] = [z3.Not(view.status(rule).possible)]
    for part in _parts(view, rule).values():
        if search.model(*kept, part, plausible=False) is not None:
            kept.append(part)
    return search.witness(*kept)


def _shadowed(search: Search, rule: RuleInForce, granted: Any, before: list[tuple[RuleInForce, Any]]) -> Finding | None:
    """Look for somebody whom this rule decides: nobody means that those before it, better or earlier, always do."""
    if search.model(granted, plausible=False) is None:
        return None
    if search.model(granted, *(z3.Not(each) for _, each in before), plausible=False) is not None:
        return None
    alone = next(
        ((other, each) for other, each in before if search.model(granted, z3.Not(each), plausible=False) is None), None
    )
    by = alone[0].id if alone else "one of the rules before it"
    message = (
        f"{rule.id} never decides: whoever meets it also meets {by}, which comes first; "
        f"drop it, or let {by} ask for more"
    )
    facts = search.witness(granted, *([alone[1]] if alone else []))
    shows = {"status": {rule.id: True}, "rule not": rule.id}
    return Finding(Code.SHADOWED, rule.version.place, message, search.view.on, facts, shows)
