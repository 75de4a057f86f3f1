"""Amendments of one threshold: in the text of the pack, only there, only from its day on."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from suchang.eligibility import load_pack
from suchang.eligibility.authoring.amendment import AmendmentRefused, Threshold, amend, thresholds
from suchang.eligibility.authoring.pack_diff import compare_packs

PACK = load_pack(Path(__file__).parents[3] / "eligibility_rules" / "jiangsu")
START = date(2027, 1, 1)
EVERY = thresholds(PACK, START)
ONE_OF_EACH = {(one.key.partition("#")[0], one.bound, one.is_age): one for one in EVERY}.values()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK.root, tmp_path / "jiangsu"))


@pytest.mark.parametrize("one", ONE_OF_EACH, ids=lambda one: one.key)
def test_only_its_owner_changes_when_a_threshold_is_amended(one: Threshold, folder: Path) -> None:
    value = "P9Y" if one.bound == "within" else "77"
    amended = amend(PACK, folder, one.key, value, START)
    assert [each.id for each in compare_packs(PACK, amended)] == [one.owner]
    versions = amended.rules.get(one.owner) or amended.conditions[one.owner]
    assert [START in each.period for each in versions[-2:]] == [False, True]
    assert [date(2026, 12, 31) in each.period for each in versions[-2:]] == [True, False]
    after = [each for each in thresholds(amended, START) if each.owner == one.owner and each.value == value]
    assert len(after) == 1


def test_comments_and_other_lines_stay_when_a_file_is_amended(folder: Path) -> None:
    path = folder / "conditions.yaml"
    before = path.read_text(encoding="utf-8").splitlines()
    [one] = [each for each in EVERY if each.fact == "apprentices_trained" and each.key.startswith("conditions")]
    amend(PACK, folder, one.key, "4", START)
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == []
    assert sum(line.lstrip().startswith("#") for line in after) == sum(line.lstrip().startswith("#") for line in before)


def test_it_can_be_amended_again_when_it_was_amended_before(folder: Path, tmp_path: Path) -> None:
    [one] = [each for each in EVERY if each.fact == "households_led"]
    once = amend(PACK, folder, one.key, "30", START)
    [later] = [each for each in thresholds(once, START) if each.fact == "households_led"]
    again = shutil.copytree(folder, tmp_path / "again" / "jiangsu")
    twice = amend(once, Path(again), later.key, "40", date(2028, 1, 1))
    found = [each.value for each in thresholds(twice, date(2023, 1, 1)) if each.fact == "households_led"]
    assert found == ["20", "30", "40"]


@pytest.mark.parametrize(
    ("key", "value", "start"),
    [
        ("rules/rural.yaml#99.0", "5", START),
        ("../pack.yaml#0.0", "5", START),
        ("households", "-5", START),
        ("households", "5 }", START),
        ("households", "P5Y", START),
        ("households", "5", date(2023, 1, 1)),
    ],
)
def test_amendment_is_refused_when_it_makes_no_sense(key: str, value: str, start: date, folder: Path) -> None:
    [one] = [each for each in EVERY if each.fact == "households_led"]
    with pytest.raises(AmendmentRefused):
        amend(PACK, folder, one.key if key == "households" else key, value, start)
