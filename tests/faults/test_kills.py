"""A server killed in the middle of an approval or of a redemption leaves all of it or nothing, at every statement.

The child is a copy of this process that answers one request. A lock on a table makes it wait at its first statement on
that table, inside its transaction, and there it is killed with SIGKILL: from the database's side the same as a server
that loses its power.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg import sql

from suchang.app import db
from suchang.domain.account.roles import Role
from suchang.domain.clock import system_clock
from tests.support.databases import Database
from tests.support.world import QUALIFIED, World

FORK = multiprocessing.get_context("fork")
CHECKUP = "medical.annual_checkup"

pytestmark = [
    pytest.mark.faults,
    # The child runs one request and is killed; it uses none of the parent's threads.
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


@pytest.fixture
def world(environ: dict[str, str]) -> Iterator[World]:
    """Return a world by the real clock: the children's transactions use the database's time too."""
    made = World(environ, system_clock)
    yield made
    made.close()


def kill_while_waiting(world: World, database: Database, table: str, request: Callable[[], object]) -> None:
    """Answer a request in a child and kill it when it waits to write into a table."""

    def answer() -> None:
        with world.app.app_context():
            db.engine.dispose(close=False)
        request()

    with database.connect("admin") as guard:
        guard.autocommit = False
        # SHARE lets others read and makes writers wait.
        guard.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        child = FORK.Process(target=answer)
        child.start()
        try:
            wait_for_lock(database, table)
        finally:
            os.kill(child.pid or 0, signal.SIGKILL)
            child.join()
        guard.rollback()
    wait_until_gone(database)


def wait_for_lock(database: Database, table: str) -> None:
    with database.connect("admin") as look:
        for _ in range(600):
            row = look.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table]
            ).fetchone()
            if row is not None and row[0]:
                return
            time.sleep(0.05)
    pytest.fail(f"the request never came to write into {table}")


def wait_until_gone(database: Database) -> None:
    """Wait until the killed child's transaction has ended in the database too."""
    with database.connect("admin") as look:
        for _ in range(200):
            row = look.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
            if row == (0,):
                return
            time.sleep(0.05)
    pytest.fail("the killed request's transaction never ended")


def counts(database: Database, *tables: str) -> dict[str, int]:
    """Count the rows of tables."""
    with database.connect("admin") as look:
        query = sql.SQL("SELECT 1 FROM {}")
        return {table: len(look.execute(query.format(sql.Identifier(table))).fetchall()) for table in tables}


APPROVAL = ("determination", "application", "decision", "card", "audit_event")
REDEMPTION = ("redemption", "entitlement_counter", "audit_event", "idempotent_answer")


@pytest.fixture
def recommended(world: World) -> dict[str, str]:
    """Bring a case to its approval."""
    token = world.person()
    application = world.apply(token, {**QUALIFIED, **PROVEN})
    world.recommend(world.office(Role.REVIEWER), application)
    return {"holder": token, "application": application, "approver": world.office(Role.APPROVER)}


PROVEN: dict[str, Any] = {
    "titles": [
        {"level": "senior", "series": "ENGINEERING", "issuer": "JS_HRSS", "route": "review", "date": "2024-01-01"}
    ],
    "contributions": [{"code": "STANDARD", "role": "leader", "date": "2025-01-01", "confirmed": True}],
    "last_assessment": "passed",
}


@pytest.mark.parametrize("table", APPROVAL)
def test_an_approval_is_not_half_done_when_the_server_is_killed_at_a_statement(
    world: World, clean_database: Database, recommended: dict[str, str], table: str
) -> None:
    before = counts(clean_database, *APPROVAL, "credential")
    approve = lambda: world.approve(recommended["approver"], recommended["application"], "C")  # noqa: E731
    kill_while_waiting(world, clean_database, table, approve)
    assert counts(clean_database, *APPROVAL, "credential") == before
    view = world.ok("GET", f"/api/v1/applications/{recommended['application']}", recommended["approver"])
    assert view["state"] == "recommended"
    assert approve()["state"] == "issued", "the same act goes through afterwards"
    assert world.ok("GET", "/api/v1/me/card", recommended["holder"])["state"] == "active"


def test_an_approval_is_whole_when_the_server_is_killed_after_its_answer(
    world: World, clean_database: Database, recommended: dict[str, str]
) -> None:
    pipe, far = FORK.Pipe()

    def answer() -> None:
        with world.app.app_context():
            db.engine.dispose(close=False)
        far.send(world.approve(recommended["approver"], recommended["application"], "C")["state"])
        time.sleep(60)

    child = FORK.Process(target=answer)
    child.start()
    assert pipe.poll(60)
    assert pipe.recv() == "issued"
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert counts(clean_database, "card", "decision") == {"card": 1, "decision": 1}
    assert world.ok("GET", "/api/v1/me/card", recommended["holder"])["state"] == "active"


@pytest.fixture
def verified(world: World) -> dict[str, Any]:
    """Verify a holder's card at a hospital."""
    holder = world.holder("C", {**QUALIFIED, **PROVEN})
    partner = world.partner("medical")
    verdict = world.verify(partner, world.phone(holder).code(world.second))
    assert verdict["outcome"] == "accepted"
    body = {"verification": verdict["id"], "item": CHECKUP, "beneficiary": "holder", "details": {}}
    return {"partner": partner, "body": body}


@pytest.mark.parametrize("table", REDEMPTION)
def test_a_redemption_is_not_half_done_when_the_server_is_killed_at_a_statement(
    world: World, clean_database: Database, verified: dict[str, Any], table: str
) -> None:
    before = counts(clean_database, *REDEMPTION)
    used = usage(clean_database)
    redeem = lambda: world.call(  # noqa: E731
        "POST", "/api/v1/redemptions", verified["partner"], json=verified["body"], headers={"Idempotency-Key": "k1"}
    )
    kill_while_waiting(world, clean_database, table, redeem)
    assert counts(clean_database, *REDEMPTION) == before
    assert usage(clean_database) == used
    first, again = redeem(), redeem()
    assert first.status_code == 201
    assert (again.status_code, again.json) == (201, first.json), "one key, one effect"
    assert counts(clean_database, "redemption") == {"redemption": before["redemption"] + 1}


def usage(database: Database) -> list[Any]:
    with database.connect("admin") as look:
        return look.execute("SELECT item, used, held FROM entitlement_counter ORDER BY item").fetchall()
