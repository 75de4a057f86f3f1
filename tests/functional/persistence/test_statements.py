"""Connections of single statements go back to the server, also when the application is closed while one is in use."""

from __future__ import annotations

import threading
import time

from sqlalchemy import NullPool, create_engine

from suchang.persistence.statements import Statement, Statements
from tests.support.databases import Database

SLOW = Statement("SELECT pg_sleep(1)::text AS slept")


def connections(database: Database) -> int:
    with database.connect("admin") as admin:
        row = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND datname = %s", [database.name]
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_no_connection_is_left_when_the_application_closes_while_one_is_in_use(own_database: Database) -> None:
    engine = create_engine(own_database.app_url, poolclass=NullPool)
    statements = Statements(engine)
    asking = threading.Thread(target=statements.one, args=(SLOW, {}))
    asking.start()
    until = time.monotonic() + 20
    while not connections(own_database) and time.monotonic() < until:
        time.sleep(0.05)
    statements.close()
    asking.join(20)
    until = time.monotonic() + 20
    while connections(own_database) and time.monotonic() < until:
        time.sleep(0.05)
    assert connections(own_database) == 0
    engine.dispose()
