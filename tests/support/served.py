"""A real ``suchang serve`` with its own servers and data folder, for tests that meet it from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from suchang.config import ROOT


@dataclass
class Served:
    """A running ``suchang serve``."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    more: tuple[str, ...] = ()
    """Further options of ``serve``."""

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        return {**kept, "SUCHANG_DATA": str(self.folder / "var"), "SUCHANG_ENV": "demo", "PYTHONPATH": str(ROOT)}

    def start(self) -> None:
        with (self.folder / "serve.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "suchang",
                    "serve",
                    "--port",
                    str(self.port),
                    "--workers",
                    "1",
                    "--people",
                    "150",
                    *self.more,
                ],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert wait_until(self.ready, 240), self.log

    def ready(self) -> bool:
        """``serve`` greets when its own look at /readyz was answered."""
        return "Ctrl-C" in self.log

    def suchang(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "suchang", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )

    def stop(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        try:
            return self.process.wait(90)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"serve does not stop; left: {self.left()}; it said:\n{self.log[-2000:]}") from None

    def left(self) -> list[str]:
        """List the processes that name the data folder or this port, or were started with that folder's settings."""
        found = subprocess.run(["ps", "-ewwo", "pid,stat,args"], capture_output=True, text=True, check=True).stdout
        marks = (str(self.folder), f"--port {self.port} ")
        lines = [line for line in found.splitlines()[1:] if " Z" not in line[:14]]
        return [line for line in lines if any(mark in line for mark in marks) or self._started(line.split()[0])]

    def _started(self, pid: str) -> bool:
        """Tell whether a process has this server's data folder in its environment; the worker shows it nowhere else."""
        try:
            settings = Path("/proc", pid, "environ").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False
        return f"SUCHANG_DATA={self.environ['SUCHANG_DATA']}".encode() in settings


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return condition()
