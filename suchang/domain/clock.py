"""Time: aware UTC instants from an injected clock; policy dates are local dates in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]
"""A clock is anything that, called, gives the present moment as an aware UTC datetime."""


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=4096)
def local_date(moment: datetime) -> date:
    """Return the calendar day in Asia/Shanghai of an aware moment; one verification asks twenty times for the same."""
    return moment.astimezone(SHANGHAI).date()


def rfc3339(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with whole seconds and a ``Z``."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
