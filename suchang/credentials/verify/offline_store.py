"""What an offline verifier must not forget when its machine is switched off.

One SQLite file, written with full synchronisation: presentations accepted (so that none is accepted twice), the latest
moment known to be past, the offset of the clock at the last contact, the age of the newest list seen of each address,
and what has to be told to the issuer once there is a network again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from suchang.credentials.verify.verdict import ReplayKey
from suchang.domain.errors import Unavailable

SEEN_LIFE = 2 * 86_400
"""Seconds that accepted presentations are remembered; a proof is fresh for one minute, the rest is for odd clocks."""
DEFERRED_LIFE = 72 * 3600
"""Seconds in which the issuer takes what was seen offline."""

_SCHEMA = """
create table if not exists seen (sub text, nonce text, at integer not null, primary key (sub, nonce)) without rowid;
create table if not exists mark (name text primary key, value integer not null) without rowid;
create table if not exists newest (uri text primary key, iat integer not null) without rowid;
create table if not exists deferred (
    id integer primary key, text text not null, purpose text, outcome text not null, at integer not null
);
"""


@dataclass(frozen=True, slots=True)
class Deferred:
    """One presentation that was seen offline: when, for which domain, and what was answered."""

    id: int
    text: str
    purpose: str | None
    outcome: str
    at: int


class StoreUnusable(Unavailable):
    """The store can't be read or written, so that nothing may be accepted; the sentence says why."""

    slug = "store_unusable"


class OfflineStore:
    """A file of SQLite, or memory for tests and for one look at a command line. Usable from several threads.

    Every method raises StoreUnusable where the file or its disk fails: what can't be remembered is not accepted.
    """

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._path = path
        self._lock = Lock()
        with self._explained():
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = full")
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnusable(f"The store {self._path} can't be used: {error}.") from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            self._database.execute("begin immediate")
            try:
                yield self._database
                self._database.execute("commit")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("rollback")
                raise

    def accept(self, key: ReplayKey, now: int) -> bool:
        """Remember a presentation for good; True the first time, False ever after."""
        with self._transaction() as database:
            database.execute("delete from seen where at < ?", (now - SEEN_LIFE,))
            row = database.execute("insert or ignore into seen values (?, ?, ?)", (key.sub, key.nonce, now))
            return row.rowcount == 1

    def defer(self, text: str, purpose: str | None, outcome: str, now: int) -> None:
        """Keep a presentation for the issuer."""
        with self._transaction() as database:
            database.execute(
                "insert into deferred (text, purpose, outcome, at) values (?, ?, ?, ?)", (text, purpose, outcome, now)
            )

    def deferred(self, now: int) -> list[Deferred]:
        """Return what the issuer doesn't know yet and would still take, oldest first."""
        with self._transaction() as database:
            database.execute("delete from deferred where at < ?", (now - DEFERRED_LIFE,))
            rows = database.execute("select id, text, purpose, outcome, at from deferred order by id").fetchall()
        return [Deferred(*row) for row in rows]

    def settle(self, deferred: Deferred) -> None:
        """Forget a presentation because the issuer has answered."""
        with self._transaction() as database:
            database.execute("delete from deferred where id = ?", (deferred.id,))

    def marks(self) -> Mapping[str, int]:
        """Read the numbers that were written, by name."""
        with self._lock, self._explained():
            return dict(self._database.execute("select name, value from mark").fetchall())

    def set_mark(self, name: str, value: int) -> None:
        """Write a number."""
        with self._transaction() as database:
            database.execute("insert or replace into mark values (?, ?)", (name, value))

    def raise_mark(self, name: str, value: int) -> None:
        """Write a number if it is greater than the one that is there."""
        with self._transaction() as database:
            database.execute(
                "insert into mark values (?, ?) on conflict (name) do update set value = max(value, excluded.value)",
                (name, value),
            )

    def newest(self) -> Mapping[str, int]:
        """Return the age of the newest list seen, by address."""
        with self._lock, self._explained():
            return dict(self._database.execute("select uri, iat from newest").fetchall())

    def raise_newest(self, uri: str, iat: int) -> None:
        """Remember that a list of this age was seen."""
        with self._transaction() as database:
            database.execute(
                "insert into newest values (?, ?) on conflict (uri) do update set iat = max(iat, excluded.iat)",
                (uri, iat),
            )
