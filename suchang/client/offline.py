"""What a desk saw while the network was away: kept in a file, sent when it is back, conflicts reported.

The file is a SQLite database, so that a power cut loses nothing that ``remember`` has returned for. Each step of an
entry has its own Idempotency-Key, written before it is sent: a crash in the middle of ``send`` repeats no effect.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from suchang.client.api import PartnerApi
from suchang.client.errors import ApiError, NotReachable

TOO_OLD = timedelta(hours=72)

_TABLE = """
    CREATE TABLE IF NOT EXISTS entry (
        number INTEGER PRIMARY KEY,
        presented_at TEXT NOT NULL,
        presentation TEXT NOT NULL,
        purpose TEXT NOT NULL,
        item TEXT,
        beneficiary TEXT NOT NULL,
        details TEXT NOT NULL,
        verify_key TEXT NOT NULL,
        redeem_key TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting',
        verification TEXT,
        answer TEXT
    )
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one entry: its number, the item if one was granted, and the code where it did not stand."""

    number: int
    item: str | None
    code: str | None = None
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What a run came to. ``conflicts`` were granted at the desk and do not stand: they go to review.

    ``waiting`` counts what is still to be sent because the network went away again.
    """

    sent: list[Settled] = field(default_factory=list)
    conflicts: list[Settled] = field(default_factory=list)
    waiting: int = 0


class OfflineQueue:
    """A desk's memory of what it did offline. One process at a time sends; several may remember."""

    def __init__(self, path: Path | str) -> None:
        """Open the file, or make it, readable by its owner alone."""
        self._path = Path(path)
        self._path.touch(mode=0o600)
        with closing(self._open()) as database, database:
            database.execute(_TABLE)

    def remember(
        self,
        presentation: str,
        purpose: str,
        *,
        presented_at: datetime,
        item: str | None = None,
        beneficiary: str = "holder",
        details: Mapping[str, Any] | None = None,
    ) -> int:
        """Keep a presentation, and the item that was granted on it, if any; gives the number of the entry."""
        if presented_at.tzinfo is None:
            raise ValueError("presented_at needs a time zone")
        keys = (f"off-{secrets.token_urlsafe(18)}", f"off-{secrets.token_urlsafe(18)}")
        row = (presented_at.astimezone(UTC).isoformat(), presentation, purpose, item, beneficiary)
        with closing(self._open()) as database, database:
            made = database.execute(
                "INSERT INTO entry (presented_at, presentation, purpose, item, beneficiary, details, verify_key,"
                " redeem_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, json.dumps(dict(details or {})), *keys),
            )
            return int(made.lastrowid or 0)

    def waiting(self) -> int:
        """Count what is still to be sent."""
        with closing(self._open()) as database:
            count = database.execute("SELECT count(*) FROM entry WHERE state = 'waiting'").fetchone()
            return int(count[0])

    def send(self, api: PartnerApi, *, now: datetime | None = None) -> Report:
        """Send what waits, oldest first, and stop where the network is away again; a later run goes on from there."""
        report = Report()
        moment = now or datetime.now(UTC)
        with closing(self._open()) as database:
            entries = database.execute("SELECT * FROM entry WHERE state = 'waiting' ORDER BY number").fetchall()
            for entry in entries:
                try:
                    settled = self._settle(database, api, entry, moment)
                except NotReachable:
                    break
                with database:
                    state = "sent" if settled.code is None else "conflict"
                    # The presentation is personal data, and its work is done.
                    database.execute(
                        "UPDATE entry SET state = ?, answer = ?, presentation = '' WHERE number = ?",
                        (state, settled.code, entry["number"]),
                    )
                (report.sent if settled.code is None else report.conflicts).append(settled)
        report.waiting = self.waiting()
        return report

    def _settle(self, database: sqlite3.Connection, api: PartnerApi, entry: sqlite3.Row, now: datetime) -> Settled:
        number, item = int(entry["number"]), entry["item"]
        presented_at = datetime.fromisoformat(entry["presented_at"])
        if entry["verification"] is None and now - presented_at > TOO_OLD:
            return Settled(number, item, "too_old", "Presentations are taken for 72 hours.")
        try:
            verification = entry["verification"] or self._verify(database, api, entry, presented_at)
            if not isinstance(verification, str):
                return Settled(number, item, *verification)
            if item is None:
                return Settled(number, None)
            answer = api.redeem(
                verification,
                item,
                beneficiary=entry["beneficiary"],
                details=json.loads(entry["details"]),
                key=entry["redeem_key"],
            )
        except ApiError as error:
            return Settled(number, item, error.code, error.detail)
        return Settled(number, item, answer.code, answer.text("en") if answer.refused else "")

    def _verify(
        self, database: sqlite3.Connection, api: PartnerApi, entry: sqlite3.Row, presented_at: datetime
    ) -> str | tuple[str, str]:
        seen = api.verify(entry["presentation"], entry["purpose"], presented_at=presented_at, key=entry["verify_key"])
        if not seen.accepted:
            return str(seen.reason), f"The presentation was {seen.data['outcome']} when it arrived."
        with database:
            database.execute("UPDATE entry SET verification = ? WHERE number = ?", (seen.id, entry["number"]))
        return seen.id

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=10)
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA synchronous = FULL")
        return database
