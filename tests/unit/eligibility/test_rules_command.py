"""``suchang rules``: answers as specified, exit codes, one sentence instead of a traceback."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from suchang.cli.main import main

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "example-city"
ENGINEER = {
    "birth_date": "1985-03-01",
    "works_in_city": True,
    "degree": "master",
    "annual_income": 55.5,
    "qualification": "intl-engineer",
    "awards": [],
    "honours": [],
    "skill_grade": 0,
    "contract_end": "open",
    "assessed_contribution": False,
}


class Shell:
    """Run commands as a person would and keep what they wrote."""

    def __init__(self, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.captured, self.patch = capfdbinary, monkeypatch

    def __call__(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        with pytest.raises(SystemExit) as caught:
            main(["rules", *words])
        sys.stdout.flush()
        out, err = self.captured.readouterr()
        return caught.value.code or 0, out.decode(), err.decode()  # type: ignore[return-value]


@pytest.fixture
def shell(capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capfdbinary, monkeypatch)


def decide(shell: Shell, stdin: str, *words: str) -> tuple[int, str, str]:
    return shell("determine", str(EXAMPLE), "--facts", "-", "--on", "2026-11-01", *words, stdin=stdin)


def test_determination_has_the_keys_of_the_interface_when_json_is_asked(shell: Shell) -> None:
    code, out, _ = decide(shell, json.dumps(ENGINEER), "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == sorted(answer)
    assert {
        key: answer[key] for key in ("format", "pack", "on", "tier", "possible_tier", "track", "rule", "valid_for")
    } == {
        "format": 1,
        "pack": "example-city",
        "on": "2026-11-01",
        "tier": "B",
        "possible_tier": "B",
        "track": "high_level",
        "rule": "EX-B-01",
        "valid_for": "P3Y",
    }
    assert set(answer) - {"version", "met", "unknown", "nearest_miss"} == {
        *("format", "pack", "on", "tier", "possible_tier", "track", "rule", "valid_for")
    }
    [met] = answer["met"]
    assert met["source"] == {"document": "catalogue-2026", "section": "第五条（一）"}
    assert {"fact": "annual_income", "value": "55.5", "text": "年薪：55.5 万元；满足「年薪不低于 50 万元」"} in met[
        "because"
    ]
    assert answer["unknown"] == []
    [near] = answer["nearest_miss"]
    assert (near["rule"], near["tier"], [miss["fact"] for miss in near["missing"]]) == (
        "EX-A-01",
        "A",
        ["awards", "assessed_contribution"],
    )


def test_answer_is_the_same_to_the_byte_when_facts_are_written_differently(shell: Shell) -> None:
    first = decide(shell, json.dumps(ENGINEER))
    other = dict(reversed({**ENGINEER, "annual_income": "55.5000"}.items()))
    assert decide(shell, json.dumps(other, indent=3, ensure_ascii=False)) == first
    assert first[1].endswith("}\n")
    assert first[1].count("\n") == 1


def test_unknown_facts_stay_possible_when_evidence_is_missing(shell: Shell) -> None:
    code, out, _ = decide(shell, json.dumps({**ENGINEER, "annual_income": None}), "--all-rules")
    answer = json.loads(out)
    assert (code, answer["tier"], answer["possible_tier"]) == (0, None, "B")
    assert answer["unknown"] == [{"rule": "EX-B-01", "tier": "B", "needs": ["annual_income"]}]
    assert answer["status"]["EX-B-01"] is None
    assert answer["status"]["EX-BASE"] is True


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "资格认定（2026-11-01）：B 领军人才"), ("en", "Determination on 2026-11-01: B")]
)
def test_report_is_readable_when_text_is_asked(shell: Shell, lang: str, words: str) -> None:
    code, out, _ = decide(shell, json.dumps(ENGINEER), "--format", "text", "--lang", lang)
    assert code == 0
    assert out.startswith(words)


def test_lines_go_on_when_one_person_is_bad(shell: Shell) -> None:
    lines = [json.dumps(ENGINEER), '{"degree": "phd"}', "nonsense", "", "[]", json.dumps({"works_in_city": False})]
    code, out, err = decide(shell, "\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [answer.get("tier", answer.get("error", {}).get("code")) for answer in answers] == [
        "B",
        "facts_invalid",
        "facts_invalid",
        "facts_invalid",
        None,
    ]
    assert "3 people could not be read" in err


def test_stream_goes_on_when_its_first_person_is_bad(shell: Shell) -> None:
    code, out, _ = decide(shell, '{"degree": NaN}\n' + json.dumps(ENGINEER) + "\n")
    assert code == 1
    assert [json.loads(line).get("tier", "bad") for line in out.splitlines()] == ["bad", "B"]


def test_array_gives_json_lines_when_people_come_in_one(shell: Shell) -> None:
    code, out, _ = decide(shell, json.dumps([ENGINEER, ENGINEER], indent=1))
    assert code == 0
    assert [json.loads(line)["tier"] for line in out.splitlines()] == ["B", "B"]


@pytest.mark.parametrize(
    ("stdin", "words", "code", "sentence"),
    [
        ("", (), 1, "nothing to read"),
        ("5", (), 1, "a JSON object with facts is needed"),
        ('{"degree": "phd"}', (), 1, "degree: 'phd' is not one of the declared values"),
        ('{"salary": 1}', (), 1, "salary: no such fact in this pack"),
        ('{"a": 1, "a": 2}', (), 1, 'names "a" twice'),
        ('{"annual_income": NaN}', (), 1, "NaN, which is not a JSON number"),
        ("[" * 100_000, (), 1, "nested deeper than 24"),
        ("{}", ("--on", "1815-01-01"), 1, "between 1900-01-01 and 2199-12-31"),
        ("{}", ("--on", "yesterday"), 2, "does not match"),
        ("{}", ("--lang", "fr"), 2, "'fr' is not one of"),
    ],
)
def test_one_sentence_and_the_exit_code_when_facts_are_bad(
    shell: Shell, stdin: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    found, out, err = decide(shell, stdin, *words)
    assert (found, out) == (code, "")
    assert sentence in err
    assert "Traceback" not in err


def test_pack_problem_is_told_with_file_and_line_when_a_pack_is_bad(shell: Shell, tmp_path: Path) -> None:
    pack = shutil.copytree(EXAMPLE, tmp_path / "bad")
    rules = pack / "rules" / "tiers.yaml"
    rules.write_text(rules.read_text().replace("op: ge, value: 50}", "op: gr, value: 50}"))
    code, out, _ = shell("check", str(pack))
    assert code == 1
    assert "rules/tiers.yaml:29: error: 'gr' is no operator for type decimal" in out
    code, _, err = shell("determine", str(pack), "--facts", "-", "--on", "2026-11-01", stdin="{}")
    assert (code, "rules/tiers.yaml:29" in err) == (1, True)


def test_cases_pass_when_packs_are_those_of_the_repository(shell: Shell) -> None:
    for pack in (EXAMPLE, ROOT / "eligibility_rules" / "jiangsu"):
        code, out, _ = shell("test", str(pack))
        assert (code, "examples pass" in out) == (0, True)


def test_failed_case_is_listed_when_the_rules_say_otherwise(shell: Shell, tmp_path: Path) -> None:
    pack = shutil.copytree(EXAMPLE, tmp_path / "changed")
    rules = pack / "rules" / "tiers.yaml"
    rules.write_text(rules.read_text().replace("value: 50}", "value: 56}"))
    code, out, _ = shell("test", str(pack))
    assert code == 1
    assert "cases/tiers.yaml:" in out
    assert "tier: expected B, found null" in out
    assert shell("diff", str(EXAMPLE), str(pack), "--lang", "en")[1].splitlines()[0] == "changed rule EX-B-01"


def test_case_is_refused_with_its_line_when_it_names_no_fact(shell: Shell, tmp_path: Path) -> None:
    pack = shutil.copytree(EXAMPLE, tmp_path / "typo")
    cases = pack / "cases" / "tiers.yaml"
    cases.write_text(cases.read_text().replace("given: {annual_income: null}", "given: {anual_income: null}"))
    code, _, err = shell("test", str(pack))
    assert code == 1
    assert "cases/tiers.yaml:25: facts.yaml has no fact 'anual_income'; did you mean annual_income?" in err


def test_rule_is_explained_in_both_languages_when_asked(shell: Shell) -> None:
    assert "年薪不低于 50 万元" in shell("explain", str(EXAMPLE), "EX-B-01")[1]
    english = shell("explain", str(EXAMPLE), "EX-B-01", "--lang", "en", "--on", "2027-01-01")[1]
    assert "annual income is at least 60.5 × 10,000 CNY" in english
    assert "last six years" in english
    assert "last five years" not in english
    code, _, err = shell("explain", str(EXAMPLE), "EX-B-1")
    assert (code, "did you mean EX-B-01?" in err) == (1, True)


def test_table_has_a_sheet_for_every_tier_when_a_workbook_is_asked(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    assert shell("table", str(EXAMPLE), "--on", "2026-11-01", "--output", str(path))[0] == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["A 顶尖人才", "B 领军人才", "C 骨干人才", "共同规则"]
    assert [cell.value for cell in book["B 领军人才"][5]] == ["年薪不低于 50 万元", "●"]
    markdown = shell("table", str(EXAMPLE), "--on", "2026-11-01")[1]
    assert "| 学位不低于 硕士 | ○2/3a |" in markdown


def test_columns_are_listed_when_the_schema_is_asked(shell: Shell) -> None:
    arrow = shell("schema", str(EXAMPLE))[1]
    assert "awards: list<item: struct<code: utf8, date: date32, rank: int64>>\nawards__complete: bool" in arrow
    assert arrow.startswith("id: utf8 not null\nbirth_date: date32\n")
    for dialect in ("postgres", "duckdb", "spark"):
        assert "CREATE TABLE " in shell("schema", str(EXAMPLE), "--format", "ddl", "--dialect", dialect)[1]
    assert shell("schema", str(EXAMPLE), "--format", "ddl", "--table", "x; drop")[0] == 2


@pytest.mark.parametrize("verb", ["check", "test", "decide", "determine", "schema", "explain", "table", "diff"])
def test_help_has_an_example_for_each_verb(shell: Shell, verb: str) -> None:
    code, out, _ = shell(verb, "--help")
    assert (code, "Example: " in out) == (0, True)
