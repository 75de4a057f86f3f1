"""Say which clauses keep somebody from a rule in one version of a pack: what decides a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from suchang.eligibility.engine import Engine
from suchang.eligibility.in_force.rules_in_force import RuleInForce, TierInForce
from suchang.eligibility.single.near_miss_search import Exact
from suchang.eligibility.single.record import Record

Clause = tuple[str, str]
"""What somebody lacks, in Chinese and English."""


def lacking(engine: Engine, record: Record, on: date, name: str) -> tuple[Clause, ...]:
    """Return the conditions that a rule asks for and the person lacks, in declared order, as few as settle it.

    Where the rule itself is met, its gate is named; where it is not in force, that is said.
    """
    day = engine.day(on)
    rule = day.edition.by_id.get(name)
    if rule is None:
        return ((f"{name} 不在施行", f"{name} is not in force"),)
    exact = Exact(day.bound, record.values, learn_only=False)
    atoms = sorted(exact.want(rule.condition, True).atoms)
    if atoms:
        texts = ([day.wording.missing(atom, True, record, lang)["text"] for atom in atoms] for lang in ("zh", "en"))
        return tuple(zip(*texts, strict=True))
    tier = next(each for each in day.edition.tiers if rule in each.rules)
    return tuple(_closed(exact, tier)) or ((f"{name} 无法达到", f"{name} is out of reach"),)


def _closed(exact: Exact, tier: TierInForce) -> Iterator[Clause]:
    """Name the bases that are neither met nor waived, and the exclusions that apply."""
    for base in tier.bases:
        ways = [base, *(each for each in tier.waivers if base.id in each.version.waives)]
        if not any(exact.value(each.condition) for each in ways):
            yield _named("未达门槛：{}", "base not met: {}", base)
    for bar in tier.exclusions:
        if exact.value(bar.condition) is not False:
            yield _named("被排除：{}", "excluded: {}", bar)


def _named(zh: str, en: str, rule: RuleInForce) -> Clause:
    name = rule.version.name
    return zh.format(name.zh), en.format(name.en)
