"""The statement that logs verifications: in which order a group takes its keys."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg

from suchang.domain.ids import new_id
from suchang.persistence.statements import together, written
from suchang.persistence.verification_log import STATUSES, VERIFY
from tests.support.databases import Database


def asked(*keys: str) -> dict[str, str]:
    """Ask for an accepted row for each key, whatever the credential's status is."""
    now = datetime.now(UTC)
    question: dict[str, Any] = dict.fromkeys(("address", "site", "sub"))
    question |= {
        "operator": True,
        "partner": "par_x",
        "client": "cli_x",
        "purpose": "medical",
        "mode": "online",
        "presented_at": now,
    }
    question |= {"now": now, "today": now.date(), "day": now.date(), "proof_day": now.date()}
    question |= {"outcomes": ",".join(["accepted"] * STATUSES), "reasons": "," * (STATUSES - 1)}
    return {"asked": together([written(question | {"id": new_id("ver"), "replay_key": key}) for key in keys]).decode()}


def logs(connection: psycopg.Connection[Any], *keys: str) -> list[bool]:
    """Log, and tell for each row whether it was."""
    column = 1
    return [row[column] for row in connection.execute(VERIFY.text, asked(*keys)).fetchall()]


def test_a_group_takes_its_keys_in_one_order_however_they_came(own_database: Database) -> None:
    """Otherwise two groups with the same two keys could each hold one and wait for the other."""
    connect = own_database.connect
    with connect("admin") as first, connect("admin") as group, connect("admin") as third, ThreadPoolExecutor(1) as one:
        first.execute("SELECT ensure_verification_partition(current_date)")
        with first.transaction():
            assert logs(first, "a") == [True]
            waiting = one.submit(logs, group, "b", "a")
            end = time.monotonic() + 20
            while not _waits(third, group) and time.monotonic() < end:
                time.sleep(0.02)
            # It waits for a; had it taken b already, nobody else could.
            third.execute("SET lock_timeout = '2s'")
            assert logs(third, "b") == [True]
        assert waiting.result(20) == [False, False]


def _waits(connection: psycopg.Connection[Any], other: psycopg.Connection[Any]) -> bool:
    row = connection.execute(
        "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [other.info.backend_pid]
    ).fetchone()
    return bool(row and row[0])
