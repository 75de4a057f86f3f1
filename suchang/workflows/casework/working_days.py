"""The official calendar of working days in mainland China, from ``chinesecalendar``.

The State Council publishes each year's plan in the autumn before, and the library follows some time later. For a year
that it doesn't know the rule is: Monday to Friday, without the holidays that fall on a fixed date by the Measures on
national holidays (1 January, 1–2 May, 1–3 October). Holidays of the lunar calendar and swapped weekends aren't known
then, so a limit that reaches into such a year is provisional and is recalculated when the year is published.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

import chinese_calendar

FIXED_HOLIDAYS: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the national holidays that don't move."""


class ChineseWorkingDays:
    """Working days as published, and the fixed rule for years that aren't."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open on this day."""
        published = _published(day)
        if published is None:
            return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
        return published

    def is_published(self, day: date) -> bool:
        """Tell whether the official calendar of this day's year is known."""
        return _published(day) is not None


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the library's way of saying that it doesn't know the year
        return None
