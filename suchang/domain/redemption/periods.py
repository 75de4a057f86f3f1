"""Periods of a quota: their keys and their half-open boundaries, in Asia/Shanghai."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from suchang.domain.clock import SHANGHAI, local_date
from suchang.domain.redemption.codes import PeriodKind


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its key in the ledger, and ``starts <= moment < ends`` in UTC (None: no boundary)."""

    kind: PeriodKind
    key: str
    starts: datetime | None = None
    ends: datetime | None = None

    def contains(self, moment: datetime) -> bool:
        """Tell whether an aware moment lies in this period."""
        return (self.starts is None or self.starts <= moment) and (self.ends is None or moment < self.ends)

    @property
    def last_day(self) -> str | None:
        """Return the last local day, as people write it; None without an end."""
        return None if self.ends is None else _day_before(self.ends)


def period_at(kind: PeriodKind, moment: datetime) -> Period:
    """Return the period of a kind at an aware moment: ``2026``, ``2026-11``, ``life`` or ``always``.

    A school stage isn't a stretch of the calendar: see ``school_stage``; asking for it here is a ValueError.
    """
    day = local_date(moment)
    return _period_of(kind, day.year, day.month)


@lru_cache(maxsize=256)
def _period_of(kind: PeriodKind, year: int, month: int) -> Period:
    if kind is PeriodKind.YEAR:
        return Period(kind, f"{year:04d}", _midnight(year, 1), _midnight(year + 1, 1))
    if kind is PeriodKind.MONTH:
        after = (year + 1, 1) if month == 12 else (year, month + 1)
        return Period(kind, f"{year:04d}-{month:02d}", _midnight(year, month), _midnight(*after))
    if kind is PeriodKind.LIFE:
        return Period(kind, "life")
    if kind is PeriodKind.UNLIMITED:
        return Period(kind, "always")
    raise ValueError("a school stage has no place in the calendar; use school_stage()")


def school_stage(stage: str) -> Period:
    """Return the period of one stage of a child's schooling, such as ``stage:primary``; it has no calendar boundary."""
    return Period(PeriodKind.SCHOOL_STAGE, f"stage:{stage}")


def completed_years(born: date, on: date) -> int:
    """Return the completed years of age on a local day; who is born on 29 February completes one on 1 March.

    In a leap year that is the 29th itself. Negative before birth.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@lru_cache(maxsize=256)
def _day_before(ends: datetime) -> str:
    return local_date(ends - timedelta(seconds=1)).isoformat()


def _midnight(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=SHANGHAI).astimezone(UTC)
