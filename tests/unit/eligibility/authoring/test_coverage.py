"""``rules coverage`` counts what the examples of a pack take, and names what they leave."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from suchang.cli.main import cli
from tests.unit.eligibility.analysis.planted import pack_of, rule

RULES = rule("A-1", "{all: [{fact: output, op: ge, value: 5}, {fact: works_here, op: is_true}]}")
HIT = "  - {case: 符合, on: 2026-11-01, given: {output: 5, works_here: true}, expect: {tier: A}}\n"
MISS = "  - {case: 差一点, on: 2026-11-01, given: {output: 4, works_here: true}, expect: {tier: null}}\n"
ELSEWHERE = "  - {case: 在外地, on: 2026-11-01, given: {output: 5, works_here: false}, expect: {tier: null}}\n"


def coverage(folder: Path, examples: str, *words: str) -> tuple[int, list[str]]:
    pack = Path(pack_of(folder, RULES).root)
    (pack / "cases").mkdir(exist_ok=True)
    (pack / "cases" / "all.yaml").write_text(f"cases:\n{examples}", encoding="utf-8")
    result = CliRunner().invoke(cli, ["rules", "coverage", str(pack), *words], standalone_mode=False)
    assert isinstance(result.return_value, int), result.output
    return result.return_value, result.output.splitlines()


def test_everything_is_covered_when_each_test_decides_once(tmp_path: Path) -> None:
    code, lines = coverage(tmp_path, HIT + MISS + ELSEWHERE, "--threshold", "100")
    assert (code, lines) == (0, ["规则 100.0 % (2/2)，条件 100.0 % (4/4)"])


def test_threshold_fails_and_the_side_is_named_when_no_example_takes_it(tmp_path: Path) -> None:
    code, lines = coverage(tmp_path, HIT + MISS, "--threshold", "80", "--lang", "en")
    assert code == 1
    assert lines[-1] == "rules 100.0 % (2/2), tests 75.0 % (3/4)"
    assert len(lines) == 2
    assert "A-1: no example fails the test: works here" in lines[0]
    assert coverage(tmp_path / "again", HIT + MISS, "--threshold", "75")[0] == 0


def test_rule_is_named_when_no_example_meets_it(tmp_path: Path) -> None:
    _, lines = coverage(tmp_path, MISS)
    assert any("A-1: 没有示例符合它" in line for line in lines)
