"""Say which lines of templates are too long to read: ``python -m tests.support.check_width``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDEST = 140
_DESK = "web/desk/"
"""The desk's one template is laid out by its own room."""


def too_wide(folder: Path) -> Iterator[str]:
    """Name file, line and length of each line of a template that is longer than 140 characters."""
    for path in sorted(folder.rglob("*.html")):
        if _DESK in path.as_posix():
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > WIDEST:
                yield f"{path.relative_to(folder)}:{number}: {len(line)} characters, {WIDEST} at most"


def main() -> int:
    """Print what was found; 1 when there was anything."""
    found = list(too_wide(ROOT / "suchang"))
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
