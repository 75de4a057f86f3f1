"""The demo province is the same for the same seed, plausible, and nobody's."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from suchang.config import ROOT
from suchang.demo.province import DAY, make_province
from suchang.domain.account.roles import OFFICER_ROLES
from suchang.domain.errors import DomainError
from suchang.domain.people.identity import read_identity
from suchang.domain.people.organisation import read_credit_code
from suchang.domain.places import CITIES
from suchang.eligibility import Engine, load_pack


@pytest.fixture(scope="module")
def province():
    return make_province(people=1200)


@pytest.fixture(scope="module")
def tiers(province):
    engine = Engine(load_pack(ROOT / "eligibility_rules" / "jiangsu"))
    return Counter(
        engine.tier(engine.parse_facts({**one.facts, "birth_date": one.birth_date.isoformat()}), DAY)
        for one in province.people
    )


def test_the_same_people_come_out_when_the_seed_is_the_same(province):
    assert make_province(people=1200) == province
    assert make_province(seed=1, people=1200).people != province.people


def test_people_are_of_the_day_when_another_day_is_given():
    later = make_province(people=50, day=date(2030, 5, 5))
    assert all(18 <= 2030 - one.birth_date.year <= 64 for one in later.people)


def test_every_number_and_code_is_valid_in_demo_mode_alone(province):
    for one in province.people:
        assert read_identity("resident_id", one.number, today=DAY, demo=True).birth_date == one.birth_date
        with pytest.raises(DomainError):
            read_identity("resident_id", one.number, today=DAY)
    for uscc in [one.uscc for one in (*province.employers, *province.partners)]:
        assert read_credit_code(uscc, demo=True) == uscc
        with pytest.raises(DomainError):
            read_credit_code(uscc)


def test_nobody_is_somebody_else_when_numbers_and_phones_are_compared(province):
    people = [*province.people, *province.officers]
    assert len({one.number for one in people}) == len(people)
    assert len({one.phone for one in province.people}) == len(province.people)
    assert len({one.uscc for one in (*province.employers, *province.partners)}) == len(province.employers) + 3
    assert all("（演示）" in one.name for one in (*province.employers, *province.partners))


def test_every_tier_and_many_without_one_are_found_when_the_engine_determines(tiers):
    assert set(tiers) == {"A", "B", "C", "D", "E", None}
    assert tiers["A"] < tiers["B"] < tiers["C"]
    assert 0.4 < tiers[None] / tiers.total() < 0.75


def test_evidence_is_missing_for_some_and_complete_for_most(province):
    working = Counter("contract_until" in one.facts for one in province.people)
    assert 0 < working[False] < 0.2 * working.total()
    assert any(one.facts.get("rd_centre_owned_by_jiangsu_firm") for one in province.people)


def test_all_cities_offices_and_domains_are_there(province):
    assert {one.city for one in province.people} == set(CITIES)
    assert {role for one in province.officers for role in one.roles} == OFFICER_ROLES
    assert {one.city for one in province.officers if one.username.startswith("reviewer.")} == set(CITIES)
    assert {one.domain for one in province.partners} == {"medical", "culture_sport", "transport"}
    assert all(one.sites for one in province.partners)
