"""``suchang rules check`` as somebody at a terminal sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from suchang.cli.main import main
from tests.unit.eligibility.analysis.planted import answer, pack_of, rule

FAULTY = rule("A-1", "{fact: output, op: ge, value: 5}") + rule("B-1", "{fact: degree, op: ge, value: doctor}")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["rules", "check", *arguments])
    captured = capsys.readouterr()
    return int(stopped.value.code or 0), captured.out + captured.err


def test_warning_names_line_and_witness_when_a_rule_needs_no_merit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack_of(tmp_path / "p", FAULTY)
    code, text = run(capsys, str(tmp_path / "p"), "--on", "2026-11-01")
    assert code == 0
    assert f"{tmp_path}/p/rules/all.yaml:9: warning: B-1 can be met by degree alone" in text
    assert 'witness on 2026-11-01: {"degree": "doctor"}' in text
    assert run(capsys, str(tmp_path / "p"), "--on", "2026-11-01", "--strict")[0] == 1


def test_witness_of_the_json_answer_is_reproduced_when_it_is_determined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = pack_of(tmp_path / "p", FAULTY)
    _, text = run(capsys, str(tmp_path / "p"), "--on", "2026-11-01", "--format", "json")
    (problem,) = (each for each in json.loads(text)["problems"] if each["code"] != "unused")
    witness = problem["witness"]
    given = answer(pack, witness["facts"], date.fromisoformat(witness["on"]))
    assert {name: given["status"][name] for name in witness["shows"]["status"]} == witness["shows"]["status"]


def test_edit_shows_whom_it_changes_when_compared_with_the_older_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack_of(tmp_path / "old", rule("A-1", "{fact: output, op: ge, value: 5}"))
    pack_of(tmp_path / "new", rule("A-1", "{fact: output, op: ge, value: 6}"))
    code, text = run(capsys, str(tmp_path / "new"), "--against", str(tmp_path / "old"), "--on", "2026-11-01")
    assert code == 0
    assert "change from 2026-11-01 by A-1 (output" in text
    assert '): A → no tier: {"output": 5}' in text


def test_errors_are_listed_and_the_exit_code_is_one_when_a_pack_does_not_load(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack_of(tmp_path / "p", FAULTY)
    (tmp_path / "p" / "rules" / "more.yaml").write_text("rules:\n  - {id: A-2, kindd: tier}\n", encoding="utf-8")
    code, text = run(capsys, str(tmp_path / "p"))
    assert code == 1
    assert "rules/more.yaml:2: error: unknown key 'kindd'" in text


def test_z3_stays_unloaded_when_nothing_is_analysed() -> None:
    code = "import sys, suchang.cli.rules.group, suchang.eligibility.analysis; print('z3' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
