"""Calendar arithmetic of the rules: ISO 8601 durations, months that clamp to a month's end, ages in completed years."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from suchang.eligibility.errors import DateOutOfRange

OPEN_END = date.max
"""How the end of an open period is held: 9999-12-31, written ``open`` in JSON."""

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
MAX_YEARS = 200
_DURATION = re.compile(r"([+-]?)P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?\Z")


@dataclass(frozen=True, slots=True, order=True)
class Relative:
    """A date given by its distance from the day asked about: first months (clamping to the month's end), then days."""

    months: int
    days: int

    def on(self, day: date) -> date:
        """Return the calendar date for the day asked about."""
        return add_months(day, self.months) + timedelta(days=self.days)

    def __str__(self) -> str:
        sign = "-" if self.months < 0 or self.days < 0 else ""
        years, months = divmod(abs(self.months), 12)
        units = ((years, "Y"), (months, "M"), (abs(self.days), "D"))
        parts = [f"{number}{letter}" for number, letter in units if number]
        return f"{sign}P{''.join(parts) or '0D'}"


def parse_duration(text: str, *, signed: bool) -> Relative:
    """Read an ISO 8601 duration of years, months, weeks and days; ValueError when it is none or over 200 years."""
    found = _DURATION.match(text)
    if not found or (found[1] and not signed):
        raise ValueError(text)
    years, months, weeks, days = (int(part or 0) for part in found.groups()[1:])
    total_months, total_days = years * 12 + months, weeks * 7 + days
    if total_months > MAX_YEARS * 12 or total_days > MAX_YEARS * 365:
        raise ValueError(text)
    sign = -1 if found[1] == "-" else 1
    return Relative(sign * total_months, sign * total_days)


def add_months(day: date, months: int) -> date:
    """Move a date by calendar months; 31 January plus one month is the last day of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def born_by(on: date, years: int) -> date:
    """Return the last birth date of those who have completed ``years`` years on a day.

    Somebody born on 29 February completes a year on 1 March in common years, so that on 28 February the last birth date
    is 28 February: exactly what clamping gives.
    """
    return add_months(on, -12 * years)


def checked_day(on: date) -> date:
    """Refuse days outside 1900 to 2199, where relative dates could leave the calendar."""
    if not EARLIEST <= on <= LATEST:
        raise DateOutOfRange(f"the day asked about must lie between {EARLIEST} and {LATEST}, not {on.isoformat()}")
    return on
