"""``rules sql``: what it prints runs as it stands; ``rules batch`` gives the same by every engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from suchang.cli.main import WrongUse, cli
from suchang.demo.province import SEED, make_province
from suchang.eligibility import Engine, load_pack
from tests.unit.eligibility.batch.arrow import write_people
from tests.unit.eligibility.sql.compare import rows_of

JIANGSU, ON = Path("eligibility_rules/jiangsu"), date(2026, 11, 1)


@pytest.fixture(scope="module")
def province() -> list[dict[str, Any]]:
    return [dict(person.facts) for person in make_province(SEED, 2000, ON).people]


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory, province: list[dict[str, Any]]) -> Path:
    path = tmp_path_factory.mktemp("province") / "people.parquet"
    write_people(path, load_pack(JIANGSU), province)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rules", *arguments], standalone_mode=False)


def test_printed_query_gives_the_tiers_of_single_determinations(parquet: Path, province: list[dict[str, Any]]) -> None:
    printed = run("sql", str(JIANGSU), "--dialect", "duckdb", "--on", str(ON), "--table", "population")
    assert printed.exception is None
    with duckdb.connect() as connection:
        connection.read_parquet(str(parquet)).create_view("population")
        rows = {row["id"]: row for row in rows_of(connection.execute(printed.output))}
    day = Engine(load_pack(JIANGSU))
    assert len(rows) == len(province)
    assert len({row["tier"] for row in rows.values()}) > 3
    for number, facts in enumerate(province):
        one = day.determine(day.parse_facts(facts), ON)
        row = rows[f"p{number}"]
        assert (row["tier"], row["possible_tier"]) == (one.tier, one.possible_tier)
        assert row["rule"] == (one.rule and one.rule.id)


def test_query_is_refused_when_the_table_is_no_name() -> None:
    answer = run("sql", str(JIANGSU), "--on", str(ON), "--table", "people; DROP TABLE people")
    assert isinstance(answer.exception, WrongUse)
