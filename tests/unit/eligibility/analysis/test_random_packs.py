"""What analysis says of random packs is what the engine says of random people: formulas, witnesses and proofs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine
from suchang.eligibility.analysis import Code, analyse, who_changes
from tests.unit.eligibility.analysis.planted import reproduced
from tests.unit.eligibility.analysis.test_encoding import World
from tests.unit.eligibility.strategies import Files, days, load, packs, people

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
ON = date(2026, 1, 15)
SEVERAL = st.lists(people(sparse=False), min_size=6, max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_formulas_and_engine_agree_when_packs_people_and_days_are_random(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    world = World(pack, on=data.draw(st.sampled_from(days(pack))), items=6)
    for facts in data.draw(st.lists(people(), min_size=2, max_size=6)):
        world.compare(facts)


def warnings_are_true(files: Files, several: list[dict[str, Any]]) -> None:
    """Assert that each warning holds of its witness and of everybody else."""
    pack = load(files)
    engine = Engine(pack)
    for finding in analyse(pack, ON):
        if finding.code is Code.UNSETTLED or "no rule's answer" in finding.message:
            continue
        reproduced(pack, finding)
        name = finding.message.split(" ")[0]
        for facts in several:
            found = engine.determine(engine.parse_facts(facts), finding.on, all_rules=True).to_json()
            if finding.code is Code.IMPOSSIBLE:
                assert found["status"][name] is not True
            elif finding.code is Code.BARRED:
                assert name not in [met["rule"] for met in found["met"]]
            elif finding.code is Code.SHADOWED:
                assert found["rule"] != name


def changes_are_all_there(one: Files, other: Files, several: list[dict[str, Any]]) -> None:
    """Assert that each witness of an edit changes as said, and that nobody changes in a way without a witness."""
    old, new = load(one), load(other)
    engines = Engine(old), Engine(new)
    witnessed = set()
    for change in who_changes(old, new, ON):
        tiers = tuple(engine.tier(engine.parse_facts(change.facts), ON) for engine in engines)
        assert tiers == (change.before, change.after)
        witnessed.add(tiers)
    for facts in several:
        tiers = tuple(engine.tier(engine.parse_facts(facts), ON) for engine in engines)
        assert tiers[0] == tiers[1] or tiers in witnessed


@settings(max_examples=4, deadline=None, suppress_health_check=QUIET)
@given(packs(), SEVERAL)
def test_every_warning_is_true_of_its_witness_and_of_random_people(files: Files, several: list[dict[str, Any]]) -> None:
    warnings_are_true(files, several)


@settings(max_examples=4, deadline=None, suppress_health_check=QUIET)
@given(packs(), packs(), SEVERAL)
def test_each_change_of_a_random_person_has_a_witness_that_changes_alike(
    one: Files, other: Files, several: list[dict[str, Any]]
) -> None:
    changes_are_all_there(one, other, several)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(packs(), packs(), SEVERAL)
def test_warnings_and_changes_hold_when_many_packs_are_drawn(
    one: Files, other: Files, several: list[dict[str, Any]]
) -> None:
    warnings_are_true(one, several)
    changes_are_all_there(one, other, several)
