"""One file of the zoo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Animal:
    """A file and what is true of it: taken (``cause`` is None) or refused for a cause; ``exact`` to the pixel."""

    name: str
    make: Callable[[], bytes]
    cause: str | None = None
    exact: bool = True
    verdicts: tuple[str, ...] = ()
    seen: str | None = None
