"""One PostgreSQL and one Valkey for the whole test session; a database is a clone of a migrated template.

With xdist the controller starts the servers once and tells its workers the folder.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from suchang.embedded import Cluster, EmbeddedFailure, Endpoints
from suchang.embedded.locks import FolderLock
from suchang.embedded.postgres import create_database
from suchang.persistence.migrate import head, upgrade


@dataclass(frozen=True, slots=True)
class Database:
    """One database of its own, with the URL of each role."""

    name: str
    owner_url: str
    app_url: str
    sealer_url: str
    admin_url: str

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment variables that point a program at this database."""
        return {
            "DATABASE_URL": self.app_url,
            "MIGRATION_DATABASE_URL": self.owner_url,
            "SEALER_DATABASE_URL": self.sealer_url,
        }

    def connect(self, role: str = "admin") -> psycopg.Connection[tuple[object, ...]]:
        """Open a plain autocommit connection as ``owner``, ``app``, ``sealer`` or ``admin`` (the superuser)."""
        url: str = getattr(self, f"{role}_url")
        return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


class Servers:
    """The servers of a test session and the databases in them."""

    def __init__(self, endpoints: Endpoints, folder: Path) -> None:
        self.endpoints = endpoints
        self._folder = folder

    def database(self, name: str) -> Database:
        """Name the URLs of a database."""
        found = self.endpoints
        urls = [found.owner_url, found.app_url, found.sealer_url, found.admin_url]
        return Database(name, *(str(url).rpartition("/")[0] + f"/{name}" for url in urls))

    def template(self) -> str:
        """Return the migrated template of the newest revision, making it once for all workers."""
        name = f"template_{head()}"
        with (self._folder / "template.lock").open("w") as lock, self._admin() as admin:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                draft = f"draft_{secrets.token_hex(4)}"
                for statement in create_database(draft):
                    admin.execute(statement)
                upgrade(self.database(draft).owner_url)
                admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, name))))
        return name

    @contextmanager
    def clone(self, label: str) -> Iterator[Database]:
        """Return a fresh migrated database for the duration of a block."""
        name = f"{label[:40]}_{secrets.token_hex(4)}"
        template = self.template()
        with self._admin() as admin:
            for statement in create_database(name, template):
                admin.execute(statement)
        try:
            yield self.database(name)
        finally:
            with self._admin() as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return self.database("postgres").connect()


def new_folder() -> Path:
    """Make a folder for the session's servers that an unprivileged account may walk into.

    Folders of sessions that were killed more than an hour ago are removed on the way.
    """
    for old in Path(tempfile.gettempdir()).glob("suchang-test-*"):
        lock = FolderLock(old / "supervisor.lock")
        with suppress(OSError, EmbeddedFailure):
            if time.time() - old.stat().st_mtime > 3600 and lock.free():
                shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="suchang-test-"))
    folder.chmod(0o711)
    return folder


@contextmanager
def session_servers(folder: str | None) -> Iterator[Servers]:
    """Run servers for a block: those of the controller's folder when given, else own ones in a folder thrown away."""
    own = None if folder else new_folder()
    place = own or Path(str(folder))
    cluster = Cluster(place, durable=False)
    try:
        yield Servers(cluster.start() if own else cluster.attach(), place)
    finally:
        cluster.stop()
        if own:
            shutil.rmtree(own, ignore_errors=True)


_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version'
"""
_RESTART = """
SELECT setval(s.seqrelid, s.seqstart, false) FROM pg_sequence s
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i')
"""


def empty_tables(database: Database) -> None:
    """Remove every row of every table but the schema's own version, and let numbers start anew.

    A test leaves rows in few tables, and few rows in each: deleting these takes milliseconds, where TRUNCATE makes new
    files for every table and index there is.
    """
    with database.connect() as connection, connection.transaction():
        tables = [str(row[0]) for row in connection.execute(_TABLES)]
        if not tables:
            return
        # Neither foreign keys nor triggers have a say; the superuser may.
        connection.execute("SET LOCAL session_replication_role = replica")
        filled = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608
        for (table,) in connection.execute(filled).fetchall():
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        connection.execute(_RESTART)


def worker_number() -> int:
    """Return 0 without xdist, else 1 for gw0, 2 for gw1 and so on."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name[2:]) + 1 if name.startswith("gw") else 0


def empty_redis(servers: Servers) -> str:
    """Return the address of this worker's Redis database, emptied: what was counted there for a phone is forgotten."""
    url = f"{str(servers.endpoints.redis_url).rpartition('/')[0]}/{worker_number() % 16}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
