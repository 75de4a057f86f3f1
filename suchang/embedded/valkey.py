"""Valkey: for what may be lost, so nothing of it is written to disk."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from suchang.embedded.errors import EmbeddedFailure
from suchang.embedded.files import make_folder
from suchang.embedded.place import Place
from suchang.embedded.processes import TERM_THEN_KILL, free_port, spawn, stop


@dataclass
class ValkeyServer:
    """One Valkey in a place."""

    place: Place
    password: str
    log: Path
    port: int | None = None
    pid: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return the Redis URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, preferred_port: int | None) -> int:
        """Start the server and give its port; stops what a dead program left.

        Raises ``EmbeddedFailure`` when it does not answer within 10 s.
        """
        make_folder(self.place.valkey_data, 0o700)
        self.place.own(self.place.valkey_data)
        self.stop()
        for attempt in (preferred_port, None, None):
            self.port = free_port(attempt)
            self.process = spawn(
                [self.place.valkey_server, "-"],
                account=self.place.account,
                folder=self.place.valkey_data,
                log=self.log,
                end_signal=TERM_THEN_KILL[0][0],
                # The configuration goes through a pipe: a command line would show the password to every user.
                feed=self._configuration(),
            )
            self.pid = self.process.pid
            if self._wait(10.0):
                return self.port
        raise EmbeddedFailure(f"Valkey did not start; see {self.log}.")

    def alive(self) -> bool:
        """Tell whether the server that this object started still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server, whether this program or a dead one started it.

        Raises ``EmbeddedFailure`` when it does not end.
        """
        pid = self.process.pid if self.process is not None else self.pid
        if pid is not None and not stop(pid, self.place.valkey_data, TERM_THEN_KILL, self.process):
            raise EmbeddedFailure(f"Valkey (process {pid}) does not stop.")
        self.process = None
        self.pid = None

    def answers(self) -> bool:
        """Tell whether a server with our password listens on the recorded port."""
        try:
            with redis.Redis(host="127.0.0.1", port=self.port or 0, password=self.password, socket_timeout=2) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def _configuration(self) -> str:
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            "protected-mode yes",
            f"requirepass {self.password}",
            "daemonize no",
            'save ""',
            "appendonly no",
            f'dir "{self.place.valkey_data}"',
            "maxmemory 128mb",
            "maxmemory-policy volatile-ttl",
            "databases 16",
            "always-show-logo no",
        )
        return "\n".join(lines) + "\n"

    def _wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.alive():
            if self.answers():
                return True
            time.sleep(0.03)
        self.stop()
        return False
