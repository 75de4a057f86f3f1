"""Starting, recognising and stopping one server process."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Account:
    """The numeric user and group that a server runs as; ``None`` is the present user."""

    uid: int | None = None
    gid: int | None = None

    def run(self, command: Sequence[str | Path], *, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account and capture what it says."""
        return subprocess.run(
            [str(part) for part in command],
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            env=plain_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


def plain_environment() -> Mapping[str, str]:
    """Return the environment of a server: nothing of ours, because ours may hold secrets."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def end_with_parent(end_signal: int) -> Callable[[], None]:
    """Return the function that a fresh child calls so that the kernel sends it a signal when its parent dies."""

    def ask_kernel() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(end_signal), 0, 0, 0)

    return ask_kernel


def spawn(
    command: Sequence[str | Path],
    *,
    account: Account,
    folder: Path,
    log: Path,
    end_signal: int,
    feed: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server in its own session, bound to the life of this program.

    Its own session keeps the terminal's Ctrl-C from it: the supervisor stops it when nobody needs it any more. The
    kernel sends it ``end_signal`` when this program ends in any way, kill -9 included, so that no server is left
    behind. (The kernel watches the thread that calls this, which is therefore the main one.)
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            preexec_fn=end_with_parent(end_signal),  # noqa: PLW1509 (must run after the change of user; takes no lock)
            start_new_session=True,
            env=plain_environment(),
            cwd=folder,
            stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
    if feed is not None and process.stdin is not None:
        with process.stdin as pipe:
            pipe.write(feed.encode())
    return process


def runs_in(pid: int, folder: Path) -> bool:
    """Tell whether a process is alive and works in this folder; a reused process number does not."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def stop(pid: int, folder: Path, signals: Sequence[tuple[int, float]], child: subprocess.Popen[bytes] | None) -> bool:
    """Stop a server by one signal after the other, each with its patience in seconds; tell whether it ended.

    Does nothing to a process that does not work in ``folder``.
    """
    for number, patience in signals:
        if not _alive(pid, folder, child):
            return True
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not _alive(pid, folder, child):
                return True
            time.sleep(0.02)
    return not _alive(pid, folder, child)


def sweep(folder: Path, patience: float) -> None:
    """Wait for the processes at work in a folder to end by themselves, and kill those that don't.

    The children of a killed PostgreSQL notice it within moments; until then they hold its shared memory.
    """
    deadline = time.monotonic() + patience
    while (left := workers_of(folder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def workers_of(folder: Path) -> list[int]:
    """List the processes whose working folder this is."""
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and runs_in(int(entry), folder)]


def _alive(pid: int, folder: Path, child: subprocess.Popen[bytes] | None) -> bool:
    if child is not None:
        return child.poll() is None
    return runs_in(pid, folder)


def free_port(preferred: int | None) -> int:
    """Return the preferred loopback port when it is free, else any free one."""
    for port in [preferred, 0] if preferred else [0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port or 0))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free loopback port")


FAST_THEN_HARD = ((signal.SIGINT, 8.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 3.0))
"""PostgreSQL: roll back and write everything; else leave it to recovery; else kill."""

STALE = ((signal.SIGINT, 2.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 3.0))
"""A PostgreSQL whose supervisor is dead has been told to stop already."""

TERM_THEN_KILL = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0))
