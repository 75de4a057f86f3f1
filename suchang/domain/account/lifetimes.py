"""How long a sign-in lasts: at most, and without a request (GB/T 22239-2019, level 3, 8.1.4.1 b)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_SHAPE: Final = re.compile(r"([1-9][0-9]{0,3})([mhd])/([1-9][0-9]{0,3})([mhd])")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives at most, and without a request."""

    at_most: timedelta
    idle: timedelta


LIFETIMES: Final = {
    "holder": Lifetime(timedelta(days=30), timedelta(days=14)),
    "officer": Lifetime(timedelta(hours=10), timedelta(minutes=30)),
    "desk": Lifetime(timedelta(hours=12), timedelta(hours=2)),
}
"""Where no setting says otherwise (assumption: the standard asks for a time-out and names no length)."""


def read_lifetime(text: str) -> Lifetime | None:
    """Read ``10h/30m``: ten hours at most, thirty minutes without a request; None for anything else."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    at_most, idle = (int(found[at]) * _UNITS[found[at + 1]] for at in (1, 3))
    return Lifetime(at_most, idle) if idle <= at_most <= timedelta(days=366) else None
