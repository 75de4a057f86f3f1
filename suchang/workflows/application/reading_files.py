"""Run the program that rebuilds files: a bounded number at once, whatever number of servers and uploads there is.

A reader may hold some hundred megabytes, so each takes a numbered place; places are locks on files, which the system
frees when a process ends however it ends. Who finds none free waits a little and is then told to come back.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from suchang.domain.errors import FieldProblem, Invalid, TooMany
from suchang.workflows.application import sanitiser
from suchang.workflows.application.sanitiser import CAUSES, Clean, Signature

WAIT: Final = 45.0
"""Seconds for which an upload waits for a free place."""
RETRY_AFTER: Final = 15
_GLANCE: Final = 0.05
_PROGRAM: Final = "suchang.workflows.application.sanitiser"
_ENVIRON: Final = {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
"""One arena: freed memory is used again instead of lying about in each thread's own."""


def make_harmless(data: bytes, places: Path, *, readers: int, trusted: Path | None = None, wait: float = WAIT) -> Clean:
    """Return a file rebuilt by a program with little memory and time; ``places`` is the folder of the locks.

    Raises ``Invalid`` with the true cause for what isn't taken, ``TooMany`` when no reader becomes free in time.
    """
    if len(data) > sanitiser.MAX_BYTES:
        raise refusal("too_large")
    program = [sys.executable, "-I", "-m", _PROGRAM, *([str(trusted)] if trusted else [])]
    with _place(places, readers, wait):
        try:
            done = subprocess.run(
                program, input=data, capture_output=True, timeout=sanitiser.SECONDS + 10, check=False, env=_ENVIRON
            )
        except subprocess.TimeoutExpired:
            raise refusal("too_slow") from None
    if done.returncode == 3 and done.stderr.decode(errors="replace") in CAUSES:
        raise refusal(done.stderr.decode())
    if done.returncode != 0:
        # Ended by its limits, or by a fault of a parser: either way this file is not kept.
        raise refusal("too_slow" if done.returncode in (-24, -9) else "too_costly")
    head, _, content = done.stdout.partition(b"\n")
    said = json.loads(head)
    return Clean(said["media_type"], content, tuple(Signature(**one) for one in said["signatures"]))


def refusal(cause: str) -> Invalid:
    """Return the error of a refused file: its cause in English, and in Chinese beside the field."""
    said = CAUSES[cause]
    return Invalid(said.en, code="file_refused", errors=[FieldProblem("file", said.zh)])


@contextmanager
def _place(folder: Path, readers: int, wait: float) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = time.monotonic() + wait
    while True:
        for number in range(readers):
            descriptor = os.open(folder / f".reader-{number}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            try:
                yield
            finally:
                os.close(descriptor)
            return
        if time.monotonic() >= until:
            raise TooMany(
                f"Many files are being read at the moment; send it again in {RETRY_AFTER} seconds.",
                retry_after=RETRY_AFTER,
                code="files_busy",
            )
        time.sleep(_GLANCE)
