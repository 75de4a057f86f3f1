"""One file of people, every back end of ``rules batch``, every person and rule held against the reference.

The people stand between the cases of the Jiangsu pack: list-valued evidence with gaps, open ends and mixtures. The long
form has 100,000 of them, and the reference needs minutes for it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from suchang.eligibility import Pack, load_pack
from suchang.eligibility.batch.writing import Job
from suchang.eligibility.batch.writing import run as run_numpy
from suchang.eligibility.sql.on_spark import SparkMissing
from suchang.eligibility.sql.running import run_duckdb, run_postgres, run_spark
from tests.support.databases import Database
from tests.unit.eligibility.batch.arrow import write_people
from tests.unit.eligibility.crowd import crowd_between_cases
from tests.unit.eligibility.sql.compare import meant

JIANGSU, ON = Path("eligibility_rules/jiangsu"), date(2026, 11, 1)
ENGINES = ["numpy", "duckdb", "postgres", pytest.param("spark", marks=pytest.mark.spark)]
LONG = [pytest.mark.slow, pytest.mark.timeout(7200)]


@dataclass(frozen=True)
class File:
    """People in Parquet and what the rules mean for each, by id."""

    path: Path
    meant: Mapping[str, Mapping[str, Any]]


@cache
def jiangsu() -> Pack:
    return load_pack(JIANGSU)


def row_meant(facts: Mapping[str, Any]) -> dict[str, Any]:
    return meant(jiangsu(), facts, ON)


@pytest.fixture(scope="module", params=[2000, pytest.param(100_000, marks=LONG)])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> File:
    people = crowd_between_cases(jiangsu(), request.param)
    path = tmp_path_factory.mktemp("people") / "people.parquet"
    write_people(path, jiangsu(), people, group=50_000)
    if len(people) < 10_000:
        rows: Iterator[dict[str, Any]] = map(row_meant, people)
        return File(path, {f"p{number}": row for number, row in enumerate(rows)})
    with ProcessPoolExecutor() as pool:
        rows = pool.map(row_meant, people, chunksize=500)
        return File(path, {f"p{number}": row for number, row in enumerate(rows)})


def run(engine: str, job: Job, database: Database) -> None:
    match engine:
        case "numpy":
            run_numpy(job)
        case "duckdb":
            run_duckdb(job)
        case "postgres":
            run_postgres(job, database.owner_url)
        case _:
            try:
                run_spark(job)
            except SparkMissing as missing:
                if os.environ.get("SUCHANG_REQUIRE_SPARK") == "1":
                    raise
                pytest.skip(f"NOT TESTED ON SPARK: {missing.detail}")


def differences(output: Path, file: File) -> list[str]:
    """List every cell that differs from what is meant; each person has to be there once."""
    found, seen = [], set()
    for batch in pq.ParquetFile(output).iter_batches(10_000):
        for row in batch.to_pylist():
            expected = file.meant[row["id"]]
            assert row["id"] not in seen
            seen.add(row["id"])
            found += [f"{row['id']} {name}: {row[name]}" for name, value in expected.items() if row[name] != value]
    assert len(seen) == len(file.meant)
    return found


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("engine", ENGINES)
def test_engine_and_reference_agree_on_every_person_of_a_file(
    engine: str, file: File, tmp_path: Path, database: Database
) -> None:
    job = Job(jiangsu(), ON, file.path, tmp_path / "answers.parquet", with_rules=True)
    run(engine, job, database)
    assert differences(job.output, file)[:20] == []


def test_every_rule_is_met_missed_and_open_for_somebody_of_the_file(file: File) -> None:
    values = Counter((name, value) for row in file.meant.values() for name, value in row.items() if name[:2] == "s_")
    names = {name for name, _ in values}
    rare = [name for name in names if not (values[name, True] and values[name, False])]
    assert rare == []
    assert len({row["tier"] for row in file.meant.values()}) == len(jiangsu().tiers) + 1
