"""PostgreSQL: set-up, start, roles, stop."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from suchang.embedded.errors import EmbeddedFailure
from suchang.embedded.files import make_folder
from suchang.embedded.place import Place, hand_over
from suchang.embedded.processes import FAST_THEN_HARD, STALE, free_port, runs_in, spawn, stop, sweep

SUPERUSER = "postgres"
DATABASE = "suchang"
ROLES = ("owner", "app", "sealer")
"""``owner`` runs migrations and owns the tables; ``app`` and ``sealer`` get from the migrations what they may do."""

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Personal data must not reach the log: no statements, no parameters, no DETAIL lines with key values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
# Survives a killed process, not a lost machine. (synchronous_commit=off would lose commits with the process.)
_THROWAWAY = {"fsync": "off", "full_page_writes": "off"}
_LOG_LIMIT = 10_000_000
_LARGEST_CACHE = 8192
"""MiB; what is not used of it is never taken."""


def _cache_size() -> str:
    """Give PostgreSQL a quarter of the memory for its pages, as its manual advises, up to a limit."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return f"{max(128, min(memory // 4, _LARGEST_CACHE))}MB"


@dataclass
class PostgresServer:
    """One PostgreSQL cluster in a place; ``durable=False`` is for data that a test throws away."""

    place: Place
    passwords: dict[str, str]
    log: Path
    durable: bool = True
    port: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, preferred_port: int | None) -> int:
        """Start the server, setting it up first when it is new, and give its port; takes over what a dead program left.

        Raises ``EmbeddedFailure`` with the end of the log when it does not answer within 60 s.
        """
        if not (self.place.postgres_data / "PG_VERSION").exists():
            self._initialise()
        self.stop()
        self._rotate_log()
        for attempt in (preferred_port, None, None):
            self.port = free_port(attempt)
            self.process = spawn(
                [self.place.postgres_bin / "postgres", "-D", self.place.postgres_data, *self._options()],
                account=self.place.account,
                folder=self.place.postgres_data,
                log=self.log,
                end_signal=FAST_THEN_HARD[0][0],
            )
            if self._wait(60.0):
                self._make_roles()
                return self.port
        raise EmbeddedFailure(f"PostgreSQL did not start; the end of {self.log} says: {self._last_words()}")

    def alive(self) -> bool:
        """Tell whether the server that this object started still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server, whether this program or a dead one started it.

        Raises ``EmbeddedFailure`` when it does not end.
        """
        data = self.place.postgres_data
        pid = self.process.pid if self.process is not None else self._recorded_pid()
        signals = FAST_THEN_HARD if self.process is not None else STALE
        if pid is not None and not stop(pid, data, signals, self.process):
            raise EmbeddedFailure(f"PostgreSQL (process {pid}) does not stop.")
        sweep(data, patience=2.0)
        # Nobody works here any more. A dead process that its parent has not collected would pass for a running one.
        (data / "postmaster.pid").unlink(missing_ok=True)
        self.process = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of a role."""
        return f"postgresql+psycopg://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        """Tell whether a server with our password and our data folder listens on the recorded port."""
        try:
            with self._connect(DATABASE) as connection:
                row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        except psycopg.Error:
            return False
        return row is not None and row[0] == str(self.place.postgres_data)

    def _initialise(self) -> None:
        """Make the data folder, which gets its name when it is complete: an interrupted set-up leaves none behind."""
        fresh = self.place.folder / "postgres.new"
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(fresh)
        make_folder(fresh, 0o700)
        password = fresh / "password"
        password.touch(mode=0o600)
        password.write_text(self.passwords[SUPERUSER] + "\n", encoding="ascii")
        data = fresh / "data"
        hand_over(fresh, self.place.setup_account)
        done = self.place.setup_account.run(
            [
                *(self.place.postgres_bin / "initdb", "--pgdata", data, "--username", SUPERUSER),
                *("--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *([] if self.durable else ["--no-sync"]),
            ],
            timeout=180,
        )
        if done.returncode != 0:
            raise EmbeddedFailure(f"PostgreSQL can't be set up in {data}: {' '.join(done.stderr.split())[-300:]}")
        (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n", encoding="ascii")
        hand_over(data, self.place.account)
        data.rename(self.place.postgres_data)
        shutil.rmtree(fresh)

    def _options(self) -> list[str]:
        kind = {"shared_buffers": _cache_size()} if self.durable else _THROWAWAY
        settings = {**_SETTINGS, "port": str(self.port), **kind}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive():
                self.process = None
                return False
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return True
        self.stop()
        return False

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self.passwords[SUPERUSER],
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _make_roles(self) -> None:
        """Create what is missing of the three roles and the database, and renew the roles' passwords."""
        with self._connect("postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ROLES:
                verb = "ALTER" if role in known else "CREATE"
                connection.execute(
                    sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(self.passwords[role])
                    )
                )
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                for statement in create_database(DATABASE):
                    connection.execute(statement)

    def _recorded_pid(self) -> int | None:
        """Return the process number in the data folder's own record, when that process is PostgreSQL at work here."""
        try:
            pid = int((self.place.postgres_data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if runs_in(pid, self.place.postgres_data) else None

    def _rotate_log(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > _LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".1.log"))

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return " / ".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:])
        return "nothing"


def create_database(name: str, template: str | None = None) -> Sequence[sql.Composed]:
    """Return the statements that create a database which the three roles alone may enter."""
    database = sql.Identifier(name)
    pattern = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    return (
        sql.SQL("CREATE DATABASE {} OWNER owner").format(database) + pattern,
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO app, sealer").format(database),
    )
