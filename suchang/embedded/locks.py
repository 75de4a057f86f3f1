"""Who uses a data folder: one supervisor, and any number of programs attached to it.

Both locks are advisory file locks of the kernel, so that they end with their holder however it ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from suchang.embedded.errors import AlreadyRunning, EmbeddedFailure
from suchang.embedded.files import give_to_owner


class FolderLock:
    """One lock file; the supervisor's says in words who holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether this object holds the lock."""
        return self._handle is not None

    def take(self, *, shared: bool = False, wait: float = 0.0) -> bool:
        """Take the lock, waiting at most so many seconds; tell whether it was got."""
        handle = self._open()
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(handle)
                    return False
                time.sleep(0.05)
            else:
                self._handle = handle
                return True

    def sign(self, holder: str) -> None:
        """Write into the held lock who holds it, such as ``serve 4711``."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, holder.encode(), 0)

    def holder(self) -> str:
        """Read who signed the lock last; only true while somebody holds it."""
        try:
            return self._path.read_text(encoding="utf-8")
        except OSError:
            return ""

    def free(self) -> bool:
        """Tell whether nobody holds the lock now."""
        if self.held:
            return False
        if not self.take():
            return False
        self.release()
        return True

    def release(self) -> None:
        """Let go of the lock; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            give_to_owner(self._path, self._path.parent)
        except OSError as error:
            raise EmbeddedFailure(
                f"{self._path} can't be opened ({error.strerror}); run as the folder's owner or set SUCHANG_DATA."
            ) from error
        return handle


def refuse_second(lock: FolderLock, folder: Path) -> AlreadyRunning:
    """Word the refusal of a second supervisor."""
    role, _, pid = lock.holder().partition(" ")
    who = {"serve": "Another `suchang serve`", "command": "A suchang command"}.get(role, "Another program")
    return AlreadyRunning(
        f"{who} (process {pid or 'unknown'}) already runs the database in {folder}; "
        "stop it first, or set SUCHANG_DATA to another folder."
    )
