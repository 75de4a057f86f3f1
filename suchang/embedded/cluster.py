"""One data folder with its PostgreSQL and Valkey, and who may do what with them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from suchang.embedded.errors import NotRunning
from suchang.embedded.files import make_folder, read_private, write_private
from suchang.embedded.locks import FolderLock, refuse_second
from suchang.embedded.place import Place, find_place
from suchang.embedded.postgres import DATABASE, ROLES, SUPERUSER, PostgresServer
from suchang.embedded.valkey import ValkeyServer


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of the running servers; they hold passwords and are therefore never shown."""

    owner_url: str | None
    app_url: str | None
    sealer_url: str | None
    admin_url: str | None
    redis_url: str | None
    postgres_bin: Path

    def __repr__(self) -> str:
        return "Endpoints(…)"


class Cluster:
    """The embedded servers of one data folder.

    ``postgres`` and ``valkey`` say which of the two are wanted; ``durable=False`` trades safety for speed in tests.
    """

    def __init__(
        self, data_dir: Path | str, *, postgres: bool = True, valkey: bool = True, durable: bool = True
    ) -> None:
        self.data_dir = Path(data_dir).resolve()
        self._wanted = (postgres, valkey)
        self._durable = durable
        self._state = self.data_dir / "embedded.json"
        self._keys = self.data_dir / "embedded-passwords.json"
        self._supervisor = FolderLock(self.data_dir / "supervisor.lock")
        self._users = FolderLock(self.data_dir / "users.lock")
        self._postgres: PostgresServer | None = None
        self._valkey: ValkeyServer | None = None

    def start(self, role: str = "serve", *, wait: float = 0.3) -> Endpoints:
        """Start the servers as the one supervisor of the folder; they end with this program.

        Raises ``AlreadyRunning`` when another program supervises the folder, ``EmbeddedFailure`` when a server fails.
        """
        make_folder(self.data_dir, 0o711)
        make_folder(self.data_dir / "log", 0o700)
        if not self._supervisor.take(wait=wait):
            raise refuse_second(self._supervisor, self.data_dir)
        self._supervisor.sign(f"{role} {os.getpid()}")
        try:
            self._load()
            self._start_servers()
        except BaseException:
            self.stop()
            raise
        return self.endpoints()

    def attach(self) -> Endpoints:
        """Use the servers that another program runs.

        Raises ``NotRunning`` when none does, ``EmbeddedFailure`` when this user may not.
        """
        if not self._state.exists() or self._supervisor.free():
            raise NotRunning(f"Nothing runs the database in {self.data_dir}; start it with `suchang serve`.")
        self._load()
        self._users.take(shared=True)
        if not all(server.answers() for server in (self._postgres, self._valkey) if server is not None):
            self._users.release()
            raise NotRunning(f"The database in {self.data_dir} is just starting or stopping; try again in a moment.")
        return self.endpoints()

    @contextmanager
    def borrow(self, wait: float = 30.0) -> Iterator[Endpoints]:
        """Use the servers for one short command: those that run, else ones started for its duration."""
        make_folder(self.data_dir, 0o711)
        if self._state.exists() and not self._supervisor.free():
            endpoints = self.attach()
        else:
            endpoints = self.start("command", wait=wait)
        try:
            yield endpoints
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop the servers that this object started, or end the attachment; harmless when repeated.

        Servers started for a command wait for the other commands that use them.
        """
        self._users.release()
        if self._supervisor.held:
            if self._supervisor.holder().startswith("command"):
                self._users.take(wait=600.0)
                self._users.release()
            for server in (self._valkey, self._postgres):
                if server is not None:
                    server.stop()
            self._supervisor.release()
        self._postgres = self._valkey = None

    def heal(self) -> list[str]:
        """Start again what died under the supervisor, on the same ports; give the names of what was started."""
        healed = []
        for name, server in (("PostgreSQL", self._postgres), ("Valkey", self._valkey)):
            if server is not None and not server.alive():
                server.process = None
                server.start(server.port)
                healed.append(name)
        if healed:
            self._record()
        return healed

    def endpoints(self) -> Endpoints:
        """Return the addresses of the running servers."""
        postgres, valkey = self._postgres, self._valkey
        urls = [postgres.url(role) if postgres else None for role in ROLES]
        admin = postgres.url(SUPERUSER, DATABASE) if postgres else None
        place = self._place()
        return Endpoints(urls[0], urls[1], urls[2], admin, valkey.url if valkey else None, place.postgres_bin)

    def _place(self) -> Place:
        return find_place(self.data_dir, self._state)

    def _load(self) -> None:
        """Read or make the passwords and the place, and describe the two servers."""
        passwords = read_private(self._keys)
        missing = [name for name in (SUPERUSER, *ROLES, "valkey") if name not in passwords]
        if missing:
            passwords |= {name: secrets.token_urlsafe(24) for name in missing}
            write_private(self._keys, passwords)
        place, state, logs = self._place(), read_private(self._state), self.data_dir / "log"
        if self._wanted[0]:
            self._postgres = PostgresServer(
                place, passwords, logs / "postgres.log", self._durable, port=state.get("postgres_port")
            )
        if self._wanted[1]:
            self._valkey = ValkeyServer(
                place, passwords["valkey"], logs / "valkey.log", state.get("valkey_port"), state.get("valkey_pid")
            )

    def _start_servers(self) -> None:
        if self._postgres is not None:
            self._postgres.start(self._postgres.port)
        if self._valkey is not None:
            self._valkey.start(self._valkey.port)
        self._record()

    def _record(self) -> None:
        state = read_private(self._state)
        if self._postgres is not None:
            state["postgres_port"] = self._postgres.port
        if self._valkey is not None:
            state |= {"valkey_port": self._valkey.port, "valkey_pid": self._valkey.pid}
        write_private(self._state, state)
