"""What the Jiangsu pack promises, checked on the loaded pack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suchang.eligibility import Pack, RuleKind, Status, load_pack
from suchang.eligibility.authoring.coverage import coverage
from suchang.eligibility.authoring.examples import read_examples
from suchang.eligibility.pack.condition_ast import InCatalogue, Items, Leaf
from suchang.eligibility.pack.consistency_checks import walk
from suchang.eligibility.pack.model import StatedBy

ROOT = Path(__file__).parents[3]

_CODES = """
NAT_BQW NAT_ALLOWANCE PROV_TUGONG NAT_OUTSTANDING_PT STRATEGIC_SCI INNO_LEADER INNO_TEAM DISCIPLINE_LEADER
POST_L1 POST_L2 TITLE_SENIOR TITLE_GREEN TITLE_LAB LAB_TALENT PUBINST_RECRUIT EXCEL_POSTDOC POSTDOC
POSTDOC_CONTEST YOUTH_SCI TOP_GRAD RETURNEE RETURNEE_ADV RETURNEE_FOUNDER OVERSEAS_PERMIT OVERSEAS_HL
FOREIGN_UNIV VOC_QUAL INTL_QUAL DIGI_ENGINEER CHAIN_CORE SHORTAGE ENT_CHIEF_EXPERT ENT_NOMINATED PRIVATE_HL
MANAGER TECH_BROKER ART_DESIGN BIOPHARMA HRS_LEADER JS_SKILL_AWARD SPECIAL_TECHNICIAN ENT_CHIEF_TECH
SKILL_STUDIO WORLDSKILLS NAT_SKILLS JS_CHAMPION RURAL_PROF RURAL_LEADER RURAL_STUDIO GRASSROOTS_TARGETED
SANZHI EXPERT_GRASSROOTS EPIDEMIC_MERIT SECTOR_TEACHING SECTOR_HEALTH SECTOR_TCM SECTOR_CULTURE
SECTOR_EMERGENCY SECTOR_AGRICULTURE SECTOR_TRANSPORT SECTOR_CONSTRUCTION SECTOR_ECOLOGY SECTOR_ACCOUNTING
SECTOR_SOCIAL_WORK SECTOR_SPORT SECTOR_IP
"""
CATEGORIES = _CODES.split()
"""Every category of talent that the two documents name (ten-actions, plan-14-5)."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(ROOT / "eligibility_rules" / "jiangsu")


def leaves_of(pack: Pack) -> list[Leaf]:
    versions = [each for several in (*pack.rules.values(), *pack.conditions.values()) for each in several]
    return [node for version in versions for node in walk(version.when) if isinstance(node, Leaf)]


def test_every_category_of_the_documents_has_a_rule_or_is_listed_as_evidence_when_the_page_is_read(pack: Pack) -> None:
    ruled: dict[str, list[str]] = {}
    for name, versions in pack.rules.items():
        for code in versions[0].categories:
            ruled.setdefault(code, []).append(name)
    page = (ROOT / "docs" / "jiangsu-pack.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| ([A-Z_0-9]+) \|.*\| ([^|]+) \|$", page, re.MULTILINE))
    evidence_only = set(re.findall(r"^- `([A-Z_]+)`: .{40,}", page, re.MULTILINE))

    assert [entry.code for entry in pack.catalogues["categories"].entries] == CATEGORIES
    assert set(ruled) | evidence_only == set(CATEGORIES)
    assert not set(ruled) & evidence_only
    assert {code: ", ".join(names) for code, names in ruled.items()} == {
        code: rules for code, rules in table.items() if rules != "evidence only"
    }
    assert {code for code, rules in table.items() if rules == "evidence only"} == evidence_only


def test_tier_placements_are_marked_as_assumption_when_they_are_not_published(pack: Pack) -> None:
    assert pack.status is Status.ASSUMPTION
    for versions in pack.rules.values():
        for version in versions:
            if version.kind is RuleKind.TIER:
                assert version.status is Status.ASSUMPTION, version.id
                assert version.source.document in ("ten-actions", "plan-14-5"), version.id
                assert re.fullmatch(rf"JS-{version.tiers[0]}-\d\d", version.id)
                assert version.track
                assert version.valid_for


def test_no_rule_reads_place_or_kind_of_employer_when_these_must_not_matter(pack: Pack) -> None:
    used = {leaf.fact for leaf in leaves_of(pack)}
    items = {
        node.fact
        for several in (*pack.rules.values(), *pack.conditions.values())
        for version in several
        for node in walk(version.when)
        if isinstance(node, Items)
    }
    of_place = {name for name, fact in pack.facts.items() if fact.kind == "place"}
    assert of_place == {"employer_city", "employer_kind"}
    assert not of_place & (used | items)


def test_each_northern_city_is_known_when_handling_gives_it_priority(pack: Pack) -> None:
    assert {"320300", "320700", "320800", "320900", "321300"} < set(pack.facts["employer_city"].values)
    assert len(pack.facts["employer_city"].values) == 13


def test_delta_issuers_are_recognised_when_titles_and_skills_are_tested(pack: Pack) -> None:
    for catalogue, codes in (
        ("title_issuers", {"SH_HRSS", "ZJ_HRSS", "AH_HRSS"}),
        ("skill_issuers", {"SH_SKILL", "ZJ_SKILL", "AH_SKILL"}),
    ):
        assert codes < {entry.code for entry in pack.catalogues[catalogue].entries}
    tests = [leaf for leaf in leaves_of(pack) if leaf.fact == "titles" and leaf.field == "issuer"]
    assert tests
    assert all(isinstance(leaf.test, InCatalogue) and leaf.test.at == "date" for leaf in tests)


def test_catalogue_of_clusters_grows_when_the_ten_actions_follow_the_plan(pack: Pack) -> None:
    clusters = pack.catalogues["clusters"]
    counts = [len(clusters.codes_on(min(each.period.start for each in clusters.entries)))]
    counts.append(len(clusters.codes_on(max(each.period.start for each in clusters.entries))))
    assert counts == [13, 16]


def test_only_fraud_is_read_as_false_when_the_register_has_no_entry(pack: Pack) -> None:
    assert [name for name, fact in pack.facts.items() if fact.register] == ["fraud_bar"]
    assert not pack.facts["birth_date"].changeable


def test_nobody_states_for_himself_what_says_that_somebody_else_has_verified_it() -> None:
    facts = load_pack(ROOT / "eligibility_rules" / "jiangsu").facts
    verified = {name for name, fact in facts.items() if fact.kind in {"nomination", "register"}}
    verified |= {"last_assessment", "peer_review", "peer_review_date", "contributes_to_jiangsu_owner"}
    assert {name for name in verified if facts[name].stated_by is StatedBy.SELF} == set()
    assert facts["contributions"].field_named("confirmed").stated_by is StatedBy.OFFICER
    assert facts["contributions"].field_named("code").stated_by is StatedBy.SELF


def test_every_fact_that_no_register_keeps_says_what_confirms_it() -> None:
    facts = load_pack(ROOT / "eligibility_rules" / "jiangsu").facts
    assert [name for name, fact in facts.items() if not fact.check_by and not fact.register] == []


def test_examples_meet_and_miss_every_rule_and_take_both_sides_of_every_test() -> None:
    pack = load_pack(ROOT / "eligibility_rules" / "jiangsu")
    found = coverage(pack, read_examples(pack))
    assert (found.rule_share, found.test_share, found.uncovered) == (100.0, 100.0, ())
