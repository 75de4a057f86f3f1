"""The programs that ``serve`` runs beside itself: started, watched, started again when they die, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from suchang.config import ROOT
from suchang.domain.errors import Unavailable
from suchang.embedded.processes import end_with_parent

_DEATHS = 5
_WITHIN = 60.0
_PAUSE = 30.0


@dataclass
class Child:
    """One program in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor.

    Without an ``essential`` one the others can go on, so it is tried again for ever.
    """

    name: str
    command: Sequence[str]
    essential: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=_DEATHS), repr=False)
    rests_until: float = 0.0

    def start(self) -> None:
        """Start the program; the kernel kills it when this one dies, even if it waits for a database that died too."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),  # noqa: PLW1509 (takes no lock)
        )

    def alive(self) -> bool:
        """Tell whether the program runs."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> bool:
        """Start the dead program again; tell whether it was started.

        One that died five times within a minute rests for half a minute, and when it is essential raises
        ``Unavailable``.
        """
        now = time.monotonic()
        if now < self.rests_until:
            return False
        self._end_group()
        self.deaths.append(now)
        if len(self.deaths) == _DEATHS and now - self.deaths[0] < _WITHIN:
            if self.essential:
                raise Unavailable(f"The {self.name} keeps ending; see its messages above.")
            self.deaths.clear()
            self.rests_until = now + _PAUSE
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.alive():
            self.process.terminate()

    def stop(self, patience: float) -> None:
        """Wait so many seconds for the program to end, then kill it and whatever it left behind."""
        if self.process is None:
            return
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._end_group()

    def _end_group(self) -> None:
        """Kill what a killed program left behind in its process group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
