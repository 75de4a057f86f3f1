"""``rules batch`` and the columnar simulation: the same answers as one by one, whatever the file's form."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from suchang.cli.main import cli
from suchang.demo.province import SEED, make_province
from suchang.eligibility import Engine, load_pack
from suchang.eligibility.simulation import Pair, answer_columns, answer_rows, open_rows, simulate
from tests.unit.eligibility.batch.arrow import write_people

JIANGSU = Path("eligibility_rules/jiangsu")
ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def crowd() -> list[dict[str, Any]]:
    return [dict(person.facts) for person in make_province(SEED, 400, ON).people]


@pytest.fixture
def parquet(tmp_path: Path, crowd: list[dict[str, Any]]) -> Path:
    path = tmp_path / "people.parquet"
    write_people(path, load_pack(JIANGSU), crowd)
    return path


def batch(source: Path, output: Path, *more: str) -> Result:
    arguments = ["rules", "batch", str(JIANGSU), "--input", str(source), "--on", str(ON), "--output", str(output)]
    return CliRunner().invoke(cli, [*arguments, *more], standalone_mode=False)


def expected(crowd: list[dict[str, Any]]) -> list[dict[str, Any]]:
    engine = Engine(load_pack(JIANGSU))
    found = []
    for number, facts in enumerate(crowd):
        one = engine.determine(engine.parse_facts(facts), ON).to_json()
        found.append({"id": f"p{number}", **{key: one[key] for key in ("tier", "possible_tier", "track", "rule")}})
    return found


def test_parquet_gives_the_tiers_of_single_determinations(
    tmp_path: Path, parquet: Path, crowd: list[dict[str, Any]]
) -> None:
    result = batch(parquet, tmp_path / "out.parquet")
    assert result.return_value == 0, result.output
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.to_pylist() == expected(crowd)
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert (metadata["pack"], metadata["on"]) == ("jiangsu", "2026-11-01")


def test_json_lines_and_csv_give_the_same_as_parquet(tmp_path: Path, crowd: list[dict[str, Any]]) -> None:
    lines = tmp_path / "people.jsonl"
    lines.write_text("".join(json.dumps({"id": f"p{n}", **facts}) + "\n" for n, facts in enumerate(crowd)))
    result = batch(lines, tmp_path / "out.parquet", "--rules")
    assert result.return_value == 0, result.output
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.select(["id", "tier", "possible_tier", "track", "rule"]).to_pylist() == expected(crowd)
    assert {name for name in table.column_names if name.startswith("s_")} == {
        f"s_{rule}" for rule in load_pack(JIANGSU).rules
    }


def test_bad_person_stops_or_is_written_to_the_rejects(tmp_path: Path) -> None:
    lines = tmp_path / "people.jsonl"
    lines.write_text('{"id": "p0", "employer_in_jiangsu": "yes"}\n{"id": "p1"}\n')
    stopped = batch(lines, tmp_path / "out.parquet")
    assert stopped.exit_code != 0
    assert not (tmp_path / "out.parquet").exists()
    skipped = batch(lines, tmp_path / "out.parquet", "--on-error", "skip")
    assert skipped.return_value == 1
    assert [row["id"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()] == ["p1"]
    assert json.loads((tmp_path / "out.parquet.rejects.jsonl").read_text())["id"] == "p0"


def rejects(output: Path) -> list[tuple[int, str, list[str]]]:
    lines = output.with_name(output.name + ".rejects.jsonl").read_text(encoding="utf-8").splitlines()
    several = [json.loads(line) for line in lines]
    return [(one["row"], one["id"], [error["field"] for error in one["errors"]]) for one in several]


def test_bad_rows_of_parquet_are_told_and_the_rest_answered_when_skipping(
    tmp_path: Path, parquet: Path, crowd: list[dict[str, Any]]
) -> None:
    schema = pq.read_schema(parquet)
    people = pq.read_table(parquet).to_pylist()
    people[7]["sector"] = "alchemy"
    people[7]["months_in_jiangsu"] = 2**60
    people[300]["contributions"] = [{"code": "X", "role": "nobody"}]
    path, output = tmp_path / "bad.parquet", tmp_path / "out.parquet"
    pq.write_table(pq.read_table(parquet).from_pylist(people, schema), path, row_group_size=50)
    stopped = batch(path, output)
    assert str(stopped.exception).startswith(f"{path}: row 8, column ")
    assert batch(path, output, "--on-error", "skip").return_value == 1
    assert pq.read_table(output).to_pylist() == [row for n, row in enumerate(expected(crowd)) if n not in (7, 300)]
    found = [(row, name, sorted(fields)) for row, name, fields in rejects(output)]
    assert found == [(8, "p7", ["months_in_jiangsu", "sector"]), (301, "p300", ["contributions.role"])]


def test_bad_rows_of_csv_are_told_and_the_rest_answered_when_skipping(tmp_path: Path) -> None:
    path, output = tmp_path / "people.csv", tmp_path / "out.parquet"
    path.write_text("id,months_in_jiangsu,honours\na,5,[]\nb,five,[]\nc,,[\n", encoding="utf-8")
    assert batch(path, output, "--on-error", "skip").return_value == 1
    assert [row["id"] for row in pq.read_table(output).to_pylist()] == ["a"]
    assert rejects(output) == [(2, "b", ["months_in_jiangsu"]), (3, "c", ["honours"])]


def test_simulation_by_columns_counts_as_person_by_person(tmp_path: Path, parquet: Path) -> None:
    for path in JIANGSU.rglob("*"):
        if path.is_file() and "cases" not in path.parts:
            target = tmp_path / "next" / path.relative_to(JIANGSU)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text()
            target.write_text(text.replace("P5Y", "P1Y") if path.suffix == ".yaml" else text)
    old, new = load_pack(JIANGSU), load_pack(tmp_path / "next")
    pair = Pair(old, new, ON, "employer_city")
    slow = simulate(pair, answer_rows(pair, open_rows(parquet, new.facts).read()))
    fast = simulate(pair, answer_columns(pair, parquet))
    assert slow.changed > 0
    assert fast.to_json() == slow.to_json()
    assert list(fast.rows()) == list(slow.rows())
