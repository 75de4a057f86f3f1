"""The generated Python means what the reference means: every rule, tier, proof, need and near miss."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine, Pack
from suchang.eligibility.reference.interpreter import Answer, determine
from suchang.eligibility.single.determination import Determination
from tests.unit.eligibility.strategies import Files, days, load, packs, people

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def differences(pack: Pack, engine: Engine, facts: dict[str, Any], on: date, meant: Answer | None = None) -> list[str]:
    """List every way in which the engine's answer differs from the reference's, which may be given."""
    record = engine.parse_facts(facts)
    found, meant = engine.determine(record, on, all_rules=True), meant or determine(pack, facts, on)
    grants = {met.rule.id: True for met in found.met} | {each.rule.id: None for each in found.unknown}
    answers = {
        "status": (found.status, meant.status),
        "grant": ({name: grants.get(name, False) for name in meant.grant}, meant.grant),
        "tier": (found.tier, meant.tier),
        "tier alone": (engine.tier(record, on), meant.tier),
        "possible tier": (found.possible_tier, meant.possible_tier),
        "met": ([met.rule.id for met in found.met], meant.met),
        "unknown": ([(each.rule.id, list(each.needs)) for each in found.unknown], meant.unknown),
        "nearest miss": (near_misses(found), meant.nearest_miss),
    }
    return [f"{what}: engine {ours}, reference {theirs}" for what, (ours, theirs) in answers.items() if ours != theirs]


def near_misses(found: Determination) -> list[tuple[str, float, list[Any]]]:
    """Return the engine's near misses as the reference writes them."""
    conditions = found.edition.conditions
    return [(near.rule.id, near.cost, [conditions[atom] for atom in near.missing]) for near in found.nearest_miss]


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_engine_and_reference_agree_when_packs_people_and_days_are_random(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    engine = Engine(pack)
    for facts in data.draw(st.lists(people(), min_size=3, max_size=6)):
        for on in data.draw(st.lists(st.sampled_from(days(pack)), min_size=2, max_size=4, unique=True)):
            assert differences(pack, engine, facts, on) == []


@pytest.mark.slow
@settings(max_examples=5000, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_engine_and_reference_agree_when_the_search_is_long(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    engine = Engine(pack)
    for facts in data.draw(st.lists(people(), min_size=3, max_size=6)):
        for on in data.draw(st.lists(st.sampled_from(days(pack)), min_size=2, max_size=4, unique=True)):
            assert differences(pack, engine, facts, on) == []


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_rule_stays_met_when_only_the_facts_of_its_proof_are_known(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    engine = Engine(pack)
    for facts in data.draw(st.lists(people(sparse=False), min_size=3, max_size=6)):
        on = data.draw(st.sampled_from(days(pack)))
        for met in engine.determine(engine.parse_facts(facts), on).met:
            conditions = engine.determine(engine.parse_facts(facts), on).edition.conditions
            proof = {conditions[atom].fact for atom in met.proof}  # type: ignore[union-attr]
            kept = {name: value for name, value in facts.items() if name in proof}
            again = engine.determine(engine.parse_facts(kept), on)
            assert met.rule.id in [each.rule.id for each in again.met]
