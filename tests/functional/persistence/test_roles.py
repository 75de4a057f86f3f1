"""The three database roles can do their work and no more."""

from __future__ import annotations

import psycopg
import pytest
import redis
from sqlalchemy import NullPool, create_engine

import suchang.persistence.models  # noqa: F401 (fills the metadata)
from suchang.persistence.base import Base
from suchang.persistence.grants import INSERT_ONLY, role_faults
from suchang.persistence.migrate import head
from tests.support.databases import empty_tables


@pytest.mark.parametrize("table", sorted(INSERT_ONLY))
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "TRUNCATE {table}", "UPDATE {table} SET {column} = NULL"])
def test_app_is_refused_when_it_changes_what_happened(database, table, statement):
    column = next(column.name for column in Base.metadata.tables[table].columns if not column.primary_key)
    with database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.format(table=table, column=column))


def test_sealer_is_refused_when_it_reads_people(database):
    with database.connect("sealer") as sealer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealer.execute("SELECT * FROM person")


def test_no_fault_is_found_when_the_application_connects_as_app(database):
    engine = create_engine(database.app_url, poolclass=NullPool)
    with engine.connect() as connection:
        assert role_faults(connection) == []


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_faults_are_named_when_the_application_connects_as_somebody_mightier(database, role):
    engine = create_engine(getattr(database, f"{role}_url"), poolclass=NullPool)
    with engine.connect() as connection:
        assert any("audit_event" in fault for fault in role_faults(connection))


def test_template_is_at_the_newest_revision_when_cloned(clean_database):
    with clean_database.connect("app") as app:
        assert app.execute("SELECT version_num FROM alembic_version").fetchone() == (head(),)


def test_rows_are_gone_when_the_next_test_asks_for_a_clean_database(servers, database):
    with database.connect("owner") as owner:
        owner.execute(
            "INSERT INTO employer (id, uscc, name, city, kind, tags, created_at)"
            " VALUES ('e', 'u', 'n', '320100', 'k', '{}', now())"
        )
        empty_tables(database)
        assert owner.execute("SELECT count(*) FROM employer").fetchone() == (0,)


def test_redis_is_empty_when_a_test_asks_for_it(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "over")
