"""PostgreSQL, with lists in child tables, means what the reference means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from suchang.eligibility import Pack
from suchang.eligibility.pack.column_schema import ddl
from suchang.eligibility.sql.problems import first_problem
from tests.support.databases import Database
from tests.unit.eligibility.batch.arrow import arrow_value
from tests.unit.eligibility.sql.compare import crowd, dense, differences, query, rows_of
from tests.unit.eligibility.sql.faults import FAULTS, planted
from tests.unit.eligibility.strategies import Files, days, load, packs
from tests.unit.eligibility.test_single_against_reference import QUIET

Connection = psycopg.Connection[Any]


def insert(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    names, values = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(sql.Placeholder() * len(row))
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, values), list(row.values())
    )


def insert_person(connection: Connection, pack: Pack, name: str, facts: Mapping[str, Any]) -> None:
    row, items = {"id": name}, []
    for fact in pack.facts.values():
        value = facts.get(fact.name)
        if not fact.is_list:
            row[fact.name] = arrow_value(fact, value)
            continue
        row[f"{fact.name}__known"] = value is not None
        if isinstance(value, Mapping):
            row[f"{fact.name}__complete"], value = value["complete"], value["items"]
        for item in value or []:
            fields = {"": item} if fact.fields[0].name == "" else item or {}
            columns = {field.name or "code": arrow_value(field, fields.get(field.name)) for field in fact.fields}
            items.append((f"people_{fact.name}", {"id": name, **columns}))
    insert(connection, "people", row)
    for table, columns in items:
        insert(connection, table, columns)


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    pack = dense()
    with database.connect() as opened:
        opened.execute("CREATE SCHEMA province; SET search_path = province")
        with opened.transaction():
            opened.execute(ddl(pack, "postgres"))
            for number, facts in enumerate(crowd()):
                insert_person(opened, pack, f"p{number}", facts)
        yield opened


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2025, 3, 1), date(2026, 6, 30)])
def test_postgres_and_reference_agree_when_every_operator_is_a_rule(on: date, connection: Connection) -> None:
    pack = dense()
    assert differences(pack, on, crowd(), rows_of(connection.execute(query(pack, on, "postgres")))) == []


def test_postgres_and_reference_agree_when_packs_and_days_are_random(connection: Connection) -> None:
    @settings(max_examples=10, deadline=None, suppress_health_check=QUIET)
    @given(packs(), st.data())
    def compare(files: Files, data: st.DataObject) -> None:
        # The random packs share their facts, so that the people stay where they are.
        pack = load(files)
        on = data.draw(st.sampled_from(days(pack)))
        assert differences(pack, on, crowd(), rows_of(connection.execute(query(pack, on, "postgres")))) == []

    compare()


@pytest.mark.parametrize("fault", FAULTS)
def test_comparison_fails_when_a_fault_is_planted(fault: str, connection: Connection) -> None:
    days_asked = date(2024, 2, 29), date(2026, 6, 30)
    assert any(
        differences(dense(), on, crowd(), rows_of(connection.execute(planted(fault, on, "postgres"))))
        for on in days_asked
    )


@pytest.mark.parametrize(("column", "value"), [("income", "NaN"), ("until", "infinity"), ("until", "0044-03-15 BC")])
def test_value_that_no_fact_can_have_is_found(column: str, value: str, connection: Connection) -> None:
    search = first_problem(dense(), date(2026, 6, 30), "postgres")
    assert search is not None
    assert connection.execute(search.encode()).fetchone() is None
    with connection.transaction(force_rollback=True):
        change = sql.SQL("UPDATE people SET {} = %s WHERE id = 'p7'").format(sql.Identifier(column))
        connection.execute(change, [value])
        assert connection.execute(search.encode()).fetchone() == ("p7", column)
