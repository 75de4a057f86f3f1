"""DuckDB, reading people in place from Parquet, means what the reference means."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suchang.eligibility import Pack
from tests.unit.eligibility.batch.arrow import write_people
from tests.unit.eligibility.sql.compare import crowd, dense, differences, query, rows_of
from tests.unit.eligibility.sql.faults import FAULTS, planted
from tests.unit.eligibility.strategies import Files, days, load, packs, people
from tests.unit.eligibility.test_single_against_reference import QUIET


@contextmanager
def people_in_place(pack: Pack, facts: Sequence[Any]) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "people.parquet"
        write_people(path, pack, facts)
        connection.execute("SET threads = 1")
        connection.read_parquet(str(path)).create_view("people")
        yield connection


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with people_in_place(dense(), crowd()) as opened:
        yield opened


@settings(max_examples=10, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_duckdb_and_reference_agree_when_packs_people_and_days_are_random(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    facts = data.draw(st.lists(people(), min_size=1, max_size=12))
    with people_in_place(pack, facts) as connection:
        for on in data.draw(st.lists(st.sampled_from(days(pack)), min_size=1, max_size=2, unique=True)):
            rows = rows_of(connection.execute(query(pack, on, "duckdb")))
            assert differences(pack, on, facts, rows) == []


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2025, 3, 1), date(2026, 6, 30)])
def test_duckdb_and_reference_agree_when_every_operator_is_a_rule(
    on: date, connection: duckdb.DuckDBPyConnection
) -> None:
    pack = dense()
    assert differences(pack, on, crowd(), rows_of(connection.execute(query(pack, on, "duckdb")))) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_comparison_fails_when_a_fault_is_planted(fault: str, connection: duckdb.DuckDBPyConnection) -> None:
    days_asked = date(2024, 2, 29), date(2026, 6, 30)
    assert any(
        differences(dense(), on, crowd(), rows_of(connection.execute(planted(fault, on, "duckdb"))))
        for on in days_asked
    )
