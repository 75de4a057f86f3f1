"""Each fault that analysis promises to find, planted in a small pack; its witness put to the determination."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from suchang.eligibility import PackInvalid, load_pack
from suchang.eligibility.analysis import Code, analyse
from tests.unit.eligibility.analysis.planted import ON, answer, pack_of, reproduced, rule

MERIT = "{fact: output, op: ge, value: 5}"


def test_contradiction_is_impossible_when_two_conditions_exclude_one_another(tmp_path: Path) -> None:
    when = (
        "{all: [{fact: papers, op: ge, value: 1}, {fact: output, op: ge, value: 5}, {fact: output, op: lt, value: 5}]}"
    )
    pack = pack_of(tmp_path / "p", rule("A-1", when) + rule("B-1", MERIT))
    (finding,) = analyse(pack, ON)
    assert (finding.code, finding.place.file, finding.place.line) == (Code.IMPOSSIBLE, "rules/all.yaml", 2)
    assert "condition 2 and condition 3 exclude one another" in finding.message
    reproduced(pack, finding)


def test_item_is_impossible_only_when_both_conditions_are_on_the_same_item(tmp_path: Path) -> None:
    codes = "{field: code, op: eq, value: x}", "{field: code, op: eq, value: y}"
    same = f"{{all: [{MERIT}, {{fact: awards, any_item: {{all: [{codes[0]}, {codes[1]}]}}}}]}}"
    apart = f"{{all: [{MERIT}, {{fact: awards, any_item: {codes[0]}}}, {{fact: awards, any_item: {codes[1]}}}]}}"
    pack = pack_of(tmp_path / "p", rule("A-1", same) + rule("B-1", apart))
    (finding,) = analyse(pack, ON)
    assert finding.message.startswith("A-1 can't be met by anybody")
    reproduced(pack, finding)


def test_rule_is_impossible_from_a_later_day_when_its_catalogue_runs_out(tmp_path: Path) -> None:
    when = f"{{all: [{MERIT}, {{fact: hats, any_item: {{op: in_catalogue, value: hats}}}}]}}"
    pack = pack_of(tmp_path / "p", rule("A-1", when), catalogues={"hats": "h,帽,hat,2020-01-01,2027-12-31\n"})
    (finding,) = analyse(pack, ON)
    assert (finding.code, finding.on) == (Code.IMPOSSIBLE, date(2028, 1, 1))
    reproduced(pack, finding)


def test_rule_is_barred_when_an_exclusion_hits_everybody_who_meets_it(tmp_path: Path) -> None:
    rules = rule("A-1", "{fact: output, op: ge, value: 9}") + rule(
        "X-1", "{fact: output, op: ge, value: 8}", kind="exclusion", more="tiers: [A]"
    )
    pack = pack_of(tmp_path / "p", rules)
    (finding,) = analyse(pack, ON)
    assert finding.code is Code.BARRED
    reproduced(pack, finding)


def test_rule_is_not_barred_when_a_waiver_opens_the_way(tmp_path: Path) -> None:
    base = rule("BASE", "{fact: output, op: lt, value: 8}", kind="base")
    waiver = rule("W-1", "{fact: works_here, op: is_true}", kind="waiver", more="waives: [BASE]")
    met = rule("A-1", "{fact: output, op: ge, value: 9}")
    assert [each.code for each in analyse(pack_of(tmp_path / "p", met + base), ON)] == [Code.BARRED]
    assert analyse(pack_of(tmp_path / "q", met + base + waiver), ON) == ()


@pytest.mark.parametrize("tier", ["A", "B"])
def test_rule_is_shadowed_when_a_better_or_earlier_one_asks_for_less(tmp_path: Path, tier: str) -> None:
    rules = rule("A-1", MERIT) + rule("B-1", "{fact: output, op: ge, value: 6}", tier=tier)
    pack = pack_of(tmp_path / "p", rules)
    (finding,) = analyse(pack, ON)
    assert finding.code is Code.SHADOWED
    assert "B-1 never decides: whoever meets it also meets A-1" in finding.message
    reproduced(pack, finding)


def test_rule_is_shadowed_when_several_better_ones_cover_it_together(tmp_path: Path) -> None:
    young, old = "{fact: birth_date, age: {le: 40}}", "{fact: birth_date, age: {ge: 40}}"
    rules = rule("A-1", f"{{all: [{young}, {MERIT}]}}") + rule("A-2", f"{{all: [{old}, {MERIT}]}}")
    known = pack_of(tmp_path / "p", rules + rule("B-1", f"{{all: [{{fact: birth_date, op: known}}, {MERIT}]}}"))
    (finding,) = analyse(known, ON)
    assert finding.code is Code.SHADOWED
    assert "one of the rules before it" in finding.message
    reproduced(known, finding)
    # Without `known` somebody whose birth date is unknown meets B-1 alone: the engine does not reason by cases.
    assert analyse(pack_of(tmp_path / "q", rules + rule("B-1", MERIT)), ON) == ()


def test_rule_is_not_shadowed_when_more_items_tell_the_difference(tmp_path: Path) -> None:
    many = "{fact: results, count_items: {where: {field: confirmed, op: is_true}, ge: 3}}"
    coded = "{fact: results, any_item: {field: code, op: eq, value: x}}"
    pack = pack_of(tmp_path / "p", rule("A-1", coded) + rule("B-1", many))
    assert analyse(pack, ON) == ()


def test_gap_is_found_when_two_versions_of_a_rule_leave_days_out(tmp_path: Path) -> None:
    rules = rule("A-1", MERIT, more="in_force: {to: 2026-12-31}") + rule(
        "A-1", "{fact: output, op: ge, value: 6}", more="in_force: {from: 2027-02-01}"
    )
    pack = pack_of(tmp_path / "p", rules)
    (finding,) = analyse(pack, ON)
    assert (finding.code, finding.on, finding.also_on) == (Code.GAP, date(2027, 1, 1), date(2026, 12, 31))
    assert "from 2027-01-01 to 2027-01-31" in finding.message
    assert finding.place.line == 10
    reproduced(pack, finding)


def test_no_gap_is_found_when_versions_follow_one_another(tmp_path: Path) -> None:
    rules = rule("A-1", MERIT, more="in_force: {to: 2026-12-31}") + rule(
        "A-1", "{fact: output, op: ge, value: 6}", more="in_force: {from: 2027-01-01}"
    )
    assert analyse(pack_of(tmp_path / "p", rules), ON) == ()


def test_gap_is_found_when_a_code_leaves_a_catalogue_and_comes_back(tmp_path: Path) -> None:
    when = f"{{all: [{MERIT}, {{fact: hats, any_item: {{op: in_catalogue, value: hats}}}}]}}"
    lines = "h,帽,hat,2020-01-01,2026-11-30\nh,帽,hat,2027-01-01,\nk,冠,crown,,\n"
    pack = pack_of(tmp_path / "p", rule("A-1", when), catalogues={"hats": lines})
    (finding,) = analyse(pack, ON)
    assert (finding.code, finding.place.file, finding.place.line) == (Code.GAP, "catalogues/hats.csv", 3)
    reproduced(pack, finding)


ALONE = {
    "papers": "{fact: papers, op: ge, value: 10}",
    "degree": "{fact: degree, op: ge, value: doctor}",
    "award": "{fact: awards, any_item: {field: rank, op: le, value: 1}}",
    "two of four": (
        "{at_least: {count: 2, of: [{fact: papers, op: ge, value: 1}, {fact: degree, op: ge, value: doctor}, "
        "{fact: output, op: ge, value: 1}]}}"
    ),
    "merit as a formality": (
        "{all: [{fact: degree, op: ge, value: doctor}, {fact: results, op: known}, {fact: review, op: known}]}"
    ),
    "merit either way": (
        "{all: [{fact: papers, op: ge, value: 1}, "
        "{any: [{fact: output, op: ge, value: 5}, {not: {fact: output, op: ge, value: 5}}]}]}"
    ),
    "age and an award": (
        "{all: [{fact: birth_date, age: {le: 40}}, {fact: awards, any_item: {field: rank, op: le, value: 1}}]}"
    ),
    "no results": (
        "{all: [{fact: degree, op: ge, value: doctor}, "
        "{any: [{not: {fact: results, any_item: {field: confirmed, op: is_true}}}, "
        "{fact: results, any_item: {field: confirmed, op: is_true}}]}]}"
    ),
}


@pytest.mark.parametrize("when", ALONE.values(), ids=ALONE.keys())
def test_rule_is_one_sided_when_the_four_kinds_are_enough(tmp_path: Path, when: str) -> None:
    pack = pack_of(tmp_path / "p", rule("A-1", when))
    (finding,) = analyse(pack, ON)
    assert finding.code is Code.ONE_SIDED
    reproduced(pack, finding)


NOT_ALONE = {
    "with a result": f"{{all: [{ALONE['papers']}, {MERIT}]}}",
    "with one of two merits": (
        f"{{all: [{ALONE['degree']}, {{any: [{MERIT}, {{fact: review, op: ge, value: passed}}]}}]}}"
    ),
    "with a result of the right kind": (
        f"{{all: [{ALONE['award']}, {{fact: results, any_item: {{field: confirmed, op: is_true}}}}]}}"
    ),
    "merit against merit": f"{{any: [{MERIT}, {{not: {{fact: review, op: ge, value: passed}}}}]}}",
}


@pytest.mark.parametrize("when", NOT_ALONE.values(), ids=NOT_ALONE.keys())
def test_rule_is_not_one_sided_when_merit_is_needed(tmp_path: Path, when: str) -> None:
    assert analyse(pack_of(tmp_path / "p", rule("A-1", when)), ON) == ()


def test_rule_is_one_sided_by_honours_when_the_pack_says_that_these_are_not_enough(tmp_path: Path) -> None:
    rules = rule("A-1", "{fact: hats, any_item: {op: eq, value: h}}")
    assert analyse(pack_of(tmp_path / "p", rules), ON) == ()
    head = """\
    kinds:
      never_alone: [paper, degree, seniority, award, honour]
      no_merit: [identity, register]
    """
    pack = pack_of(tmp_path / "q", rules, head=head)
    (finding,) = analyse(pack, ON)
    assert finding.code is Code.ONE_SIDED
    assert "by honour alone" in finding.message
    reproduced(pack, finding)


def test_later_version_is_one_sided_when_an_amendment_drops_the_merit(tmp_path: Path) -> None:
    rules = rule("A-1", MERIT, more="in_force: {to: 2026-12-31}") + rule(
        "A-1", "{fact: degree, op: ge, value: doctor}", more="in_force: {from: 2027-01-01}"
    )
    pack = pack_of(tmp_path / "p", rules)
    (finding,) = analyse(pack, ON)
    assert (finding.code, finding.on, finding.place.line) == (Code.ONE_SIDED, date(2027, 1, 1), 10)
    reproduced(pack, finding)


@pytest.mark.parametrize(
    "when",
    [
        "{fact: income, op: ge, value: 1000000000000}",
        "{fact: income, op: ge, value: 99999999999999.9999}",
        "{fact: birth_date, op: le, value: 0001-01-01}",
        "{fact: birth_date, op: ge, value: 9999-12-31}",
        "{fact: output, op: ge, value: 9007199254740991}",
    ],
)
def test_nothing_is_called_impossible_when_the_engine_takes_such_a_value(tmp_path: Path, when: str) -> None:
    pack = pack_of(tmp_path, rule("A-1", f"{{all: [{when}, {{fact: works_here, op: is_true}}]}}"))
    assert [each for each in analyse(pack, ON) if each.code is Code.IMPOSSIBLE] == []
    fact = when.split(",", maxsplit=1)[0].removeprefix("{fact: ")
    value = when.rsplit(": ", 1)[1].removesuffix("}")
    given = int(value) if fact == "output" else value
    assert answer(pack, {fact: given, "works_here": True}, ON)["tier"] == "A"


@pytest.mark.parametrize(
    ("when", "branch"),
    [
        (
            "{any: [{fact: output, op: ge, value: 5}, "
            "{all: [{fact: papers, op: lt, value: 1}, {fact: papers, op: gt, value: 3}]}]}",
            "papers",
        ),
        (
            "{fact: awards, any_item: {any: [{field: rank, op: eq, value: 1}, "
            "{all: [{field: rank, op: gt, value: 3}, {field: rank, op: lt, value: 2}]}]}}",
            "awards",
        ),
    ],
)
def test_branch_is_dead_when_nobody_can_meet_it_and_the_rule_can_be_met(tmp_path: Path, when: str, branch: str) -> None:
    pack = pack_of(tmp_path, rule("A-1", f"{{all: [{when}, {{fact: works_here, op: is_true}}]}}"))
    (finding,) = [each for each in analyse(pack, ON) if each.code is Code.DEAD]
    assert branch in finding.message
    assert "delete" not in finding.message
    reproduced(pack, finding)


def test_kind_is_refused_when_no_list_of_the_pack_names_it(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, rule("A-1", "{fact: works_here, op: is_true}"))
    path = Path(pack.root) / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: award", "kind: awrad"), encoding="utf-8")
    with pytest.raises(PackInvalid, match="'awrad' is no kind of this pack; did you mean award"):
        load_pack(pack.root)


@pytest.mark.parametrize("kinds", ["{never_alone: [paper, awrad]}", "{merit: []}"])
def test_kinds_are_refused_when_a_fact_has_one_that_they_leave_out(tmp_path: Path, kinds: str) -> None:
    pack = pack_of(tmp_path, rule("A-1", "{fact: works_here, op: is_true}"))
    path = Path(pack.root) / "pack.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}kinds: {kinds}\n", encoding="utf-8")
    with pytest.raises(PackInvalid, match="is missing from 'kinds' in pack"):
        load_pack(pack.root)
