"""``rules sql``: what it prints runs as it stands; ``rules batch`` gives the same by every engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from suchang.cli.main import WrongUse, cli
from suchang.demo.province import SEED, make_province
from suchang.eligibility import Engine, load_pack
from suchang.eligibility.batch.columns.layout import NotAColumn
from suchang.eligibility.pack.column_schema import ddl
from suchang.eligibility.sql.loading import load_parquet
from suchang.eligibility.sql.on_spark import SparkMissing
from tests.support.databases import Database
from tests.unit.eligibility.analysis.planted import pack_of, rule
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


def batch(engine: str, output: Path, *more: str) -> list[dict[str, Any]]:
    arguments = ["batch", str(JIANGSU), "--on", str(ON), "--output", str(output), "--engine", engine]
    answer = run(*arguments, *more)
    if answer.exception:
        raise answer.exception
    assert answer.return_value == 0
    found: list[dict[str, Any]] = pq.read_table(output).to_pylist()
    return found


@pytest.fixture
def configured(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def by_numpy(parquet: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    output = tmp_path_factory.mktemp("numpy") / "out.parquet"
    return sorted(batch("numpy", output, "--input", str(parquet), "--rules"), key=lambda row: str(row["id"]))


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_engine_gives_what_numpy_gives(
    engine: str, tmp_path: Path, parquet: Path, by_numpy: list[dict[str, Any]]
) -> None:
    rows = batch(engine, tmp_path / "out.parquet", "--input", str(parquet), "--rules")
    for row, other in zip(rows, by_numpy, strict=True):
        # The query also says of rules that are not in force that they are false.
        assert {name: row[name] for name in other} == other
        assert not any(value for name, value in row.items() if name not in other)
    metadata = pq.read_schema(tmp_path / "out.parquet").metadata
    assert (metadata[b"pack"], metadata[b"on"]) == (b"jiangsu", b"2026-11-01")


@pytest.mark.usefixtures("configured")
def test_postgres_answers_from_its_own_tables(
    tmp_path: Path, parquet: Path, database: Database, by_numpy: list[dict[str, Any]]
) -> None:
    pack = load_pack(JIANGSU)
    with database.connect() as admin, admin.transaction():
        admin.execute("CREATE SCHEMA province; SET LOCAL search_path = province")
        admin.execute(ddl(pack, "postgres").encode())
        load_parquet(admin, parquet, pack)
        admin.execute("RESET search_path")
        admin.execute("GRANT USAGE ON SCHEMA province TO PUBLIC")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA province TO PUBLIC")
    rows = batch("postgres", tmp_path / "out.parquet", "--table", "province.people")
    assert rows == [
        {name: each[name] for name in ("id", "tier", "possible_tier", "track", "rule")} for each in by_numpy
    ]


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("engine", ["numpy", "duckdb", "postgres"])
def test_rules_keep_their_names_when_these_are_longer_than_a_name_of_postgresql(engine: str, tmp_path: Path) -> None:
    names = [f"A-{'LONG-' * 12}{place}" for place in range(2)]
    tests = ("{fact: output, op: ge, value: 5}", "{fact: output, op: lt, value: 5}")
    pack_of(tmp_path / "pack", "".join(map(rule, names, tests)))
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": ["a", "b", "c"], "output": pa.array([4, 5, None], pa.int64())}), path)
    output = tmp_path / "out.parquet"
    words = ["--on", str(ON), "--input", str(path), "--output", str(output), "--engine", engine, "--rules"]
    answer = run("batch", str(tmp_path / "pack"), *words)
    assert answer.return_value == 0, answer.exception
    table = pq.read_table(output)
    assert [table[f"s_{name}"].to_pylist() for name in names] == [[False, True, None], [True, False, None]]
    assert [table[f"g_{name}"].to_pylist() for name in names] == [[False, True, None], [True, False, None]]


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("engine", ["numpy", "duckdb", "postgres"])
def test_absent_columns_and_fields_are_unknown(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    honours = pa.array([[{"code": "ACADEMICIAN"}], [], None], pa.list_(pa.struct([("code", pa.string())])))
    pq.write_table(pa.table({"id": ["a", "b", "c"], "employer_in_jiangsu": [True] * 3, "honours": honours}), path)
    rows = batch(engine, tmp_path / "out.parquet", "--input", str(path), "--rules")
    day = Engine(load_pack(JIANGSU))
    people: list[dict[str, Any]] = [{"honours": [{"code": "ACADEMICIAN"}]}, {"honours": []}, {}]
    for row, facts in zip(rows, people, strict=True):
        one = day.determine(day.parse_facts({"employer_in_jiangsu": True, **facts}), ON, all_rules=True)
        assert (row["tier"], row["possible_tier"]) == (one.tier, one.possible_tier)
        assert all(row[f"s_{name}"] is value for name, value in (one.status or {}).items() if f"s_{name}" in row)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    ("column", "values", "type_"),
    [
        ("last_assessment", ["passed", "splendid"], pa.string()),
        ("apprentices_trained", [1, 2**60], pa.int64()),
        ("occupation", ["CNC", "e\u0301"], pa.string()),
    ],
)
def test_value_that_is_none_is_refused(
    engine: str, column: str, values: list[Any], type_: pa.DataType, tmp_path: Path
) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": ["good", "bad"], column: pa.array(values, type_)}), path)
    with pytest.raises(NotAColumn, match=f"person bad, column {column}"):
        batch(engine, tmp_path / "out.parquet", "--input", str(path))
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_file_is_refused_when_it_is_no_parquet(engine: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"reads \.parquet"):
        batch(engine, tmp_path / "out.parquet", "--input", str(tmp_path / "people.csv"))


def test_column_is_refused_when_it_has_another_type(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": ["p1"], "employer_in_jiangsu": ["yes"]}), path)
    with pytest.raises(NotAColumn, match="column employer_in_jiangsu is VARCHAR; BOOLEAN is needed"):
        batch("duckdb", tmp_path / "out.parquet", "--input", str(path))


def test_spark_is_refused_when_there_is_no_java(tmp_path: Path, parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkMissing):
        batch("spark", tmp_path / "out.parquet", "--input", str(parquet))
