"""Who an edit changes: every witness is decided with both packs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from suchang.eligibility import load_pack
from suchang.eligibility.analysis import analyse, who_changes, who_changes_from
from suchang.eligibility.analysis.compare import NotComparable
from tests.unit.eligibility.analysis.planted import ON, answer, pack_of, rule

ROOT = Path(__file__).parents[4]


def thresholds(first: int, second: int) -> str:
    return rule("A-1", f"{{fact: output, op: ge, value: {first}}}") + rule(
        "B-1", f"{{all: [{{fact: output, op: ge, value: {second}}}, {{fact: works_here, op: is_true}}]}}"
    )


def test_each_move_has_a_witness_when_a_threshold_rises(tmp_path: Path) -> None:
    old, new = pack_of(tmp_path / "o", thresholds(9, 5)), pack_of(tmp_path / "n", thresholds(12, 6))
    changes = list(who_changes(old, new, ON))
    assert {(each.before, each.after) for each in changes} == {("A", "B"), ("A", None), ("B", None)}
    for each in changes:
        assert answer(old, each.facts, ON)["tier"] == each.before
        assert answer(new, each.facts, ON)["tier"] == each.after


def test_change_is_told_with_its_first_day_when_the_amendment_lies_ahead(tmp_path: Path) -> None:
    def dated(bound: int, period: str) -> str:
        return rule("A-1", f"{{fact: output, op: ge, value: {bound}}}", more=f"in_force: {{{period}}}")

    old = pack_of(tmp_path / "o", dated(9, "from: 2020-01-01"))
    new = pack_of(tmp_path / "n", dated(9, "from: 2020-01-01, to: 2026-12-31") + dated(12, "from: 2027-01-01"))
    assert list(who_changes(old, new, ON)) == []
    (change,) = who_changes_from(old, new, ON)
    assert (change.before, change.after, change.on) == ("A", None, date(2027, 1, 1))
    assert answer(new, change.facts, date(2026, 12, 31))["tier"] == "A"
    assert answer(new, change.facts, change.on)["tier"] is None


def test_each_edited_threshold_has_a_person_when_both_move_people_between_the_same_tiers(tmp_path: Path) -> None:
    def either(output: int, papers: int) -> str:
        return rule("A-1", f"{{fact: output, op: ge, value: {output}}}") + rule(
            "A-2", f"{{all: [{{fact: papers, op: ge, value: {papers}}}, {{fact: works_here, op: is_true}}]}}"
        )

    old, new = pack_of(tmp_path / "o", either(9, 5)), pack_of(tmp_path / "n", either(12, 7))
    changes = list(who_changes_from(old, new, ON))
    assert [(each.owner, each.before, each.after) for each in changes] == [("A-1", "A", None), ("A-2", "A", None)]
    assert 9 <= changes[0].facts["output"] < 12
    assert 5 <= changes[1].facts["papers"] < 7
    for each in changes:
        assert answer(old, each.facts, ON)["tier"] == each.before
        assert answer(new, each.facts, ON)["tier"] == each.after


def test_edit_of_a_rule_that_decides_for_nobody_else_is_shown_when_no_tier_changes(tmp_path: Path) -> None:
    def same_tier(output: int) -> str:
        second = rule("A-2", f"{{fact: output, op: ge, value: {output}}}")
        return rule("A-1", "{fact: output, op: ge, value: 1}") + second

    old, new = pack_of(tmp_path / "o", same_tier(9)), pack_of(tmp_path / "n", same_tier(12))
    (change,) = who_changes_from(old, new, ON)
    assert (change.owner, change.before, change.after) == ("A-2", "A", "A")
    assert answer(old, change.facts, ON)["status"]["A-2"] is True
    assert answer(new, change.facts, ON)["status"]["A-2"] is False


def test_change_is_found_when_it_lies_where_only_the_largest_numbers_are(tmp_path: Path) -> None:
    def wealthy(bound: str) -> str:
        return rule("A-1", f"{{fact: income, op: ge, value: {bound}}}")

    old, new = pack_of(tmp_path / "o", wealthy("1000000000000")), pack_of(tmp_path / "n", wealthy("2000000000000"))
    (change,) = who_changes_from(old, new, ON)
    assert answer(old, change.facts, ON)["tier"] == "A"
    assert answer(new, change.facts, ON)["tier"] is None


def test_nobody_changes_when_only_names_are_edited(tmp_path: Path) -> None:
    old = pack_of(tmp_path / "o", thresholds(9, 5))
    new = pack_of(tmp_path / "n", thresholds(9, 5).replace("en: rule", "en: other name"))
    assert list(who_changes(old, new, ON)) == []


def test_an_unequal_rewriting_is_found_when_only_the_unknown_tells_it(tmp_path: Path) -> None:
    old = pack_of(tmp_path / "o", rule("A-1", "{fact: output, op: ge, value: 5}"))
    rewritten = (
        "{all: [{fact: output, op: ge, value: 5}, "
        "{any: [{fact: works_here, op: is_true}, {not: {fact: works_here, op: is_true}}]}]}"
    )
    new = pack_of(tmp_path / "n", rule("A-1", rewritten))
    (change,) = who_changes(old, new, ON)
    assert (change.before, change.after) == ("A", None)
    assert "works_here" not in change.facts
    assert answer(old, change.facts, ON)["tier"] == "A"
    assert answer(new, change.facts, ON)["tier"] is None


def test_packs_are_refused_when_a_fact_changed_its_type(tmp_path: Path) -> None:
    old = pack_of(tmp_path / "o", thresholds(9, 5))
    new = pack_of(tmp_path / "n", thresholds(9, 5))
    facts = (
        (tmp_path / "n" / "facts.yaml")
        .read_text(encoding="utf-8")
        .replace("output: {type: integer", "output: {type: decimal")
    )
    (tmp_path / "n" / "facts.yaml").write_text(facts, encoding="utf-8")
    new = load_pack(tmp_path / "n")
    with pytest.raises(NotComparable, match="'output'"):
        list(who_changes(old, new, ON))


def test_the_jiangsu_pack_has_no_warning() -> None:
    assert analyse(load_pack(ROOT / "eligibility_rules" / "jiangsu"), ON) == ()
