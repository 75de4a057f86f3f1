"""Small files of the data folder: private, written whole or not at all, and owned by the folder's owner."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from suchang.embedded.errors import EmbeddedFailure


def make_folder(path: Path, mode: int) -> None:
    """Create a folder with its parents and give it a mode, whatever the umask is.

    Raises ``EmbeddedFailure`` where this user may not write.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid == os.geteuid():
            path.chmod(mode)
    except OSError as error:
        raise EmbeddedFailure(f"The data folder {path} can't be used: {error.strerror}.") from error


def give_to_owner(path: Path, folder: Path) -> None:
    """Hand a file that root wrote to the owner of the data folder, who may run the program without root next time."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file that its owner alone can read (mode 0600), replacing the old one in one step."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    give_to_owner(fresh, path.parent)
    fresh.replace(path)


def read_private(path: Path) -> dict[str, Any]:
    """Read a JSON file of the data folder; an absent one is empty.

    Raises ``EmbeddedFailure`` when it may not be read or is not JSON.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise EmbeddedFailure(f"{path} belongs to another user; run as that user or set SUCHANG_DATA.") from error
    except (OSError, ValueError) as error:
        raise EmbeddedFailure(f"{path} can't be read: {error}.") from error
    if not isinstance(content, dict):
        raise EmbeddedFailure(f"{path} is not a JSON object.")
    return content
