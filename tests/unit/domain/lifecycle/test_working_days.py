"""Counting working days: by the published calendar, around pauses, and in years that nobody has published yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.lifecycle.working_days import (
    Deadline,
    LimitKind,
    Limits,
    Urgency,
    Weekdays,
    add_working_days,
    has_lapsed,
    pause,
    recalculate,
    resume,
    start,
    urgency,
    working_days_between,
)
from suchang.workflows.casework.working_days import ChineseWorkingDays

CHINA = ChineseWorkingDays()
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 2, 17), False),  # Spring Festival, a Tuesday
        (date(2026, 2, 14), True),  # a Saturday worked in exchange
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2027, 1, 1), False),  # unpublished, fixed holiday on a Friday
        (date(2027, 1, 4), True),  # unpublished, a Monday
        (date(2027, 10, 1), False),  # unpublished, fixed holiday on a Friday
        (date(1999, 3, 1), True),  # before the published years
    ],
)
def test_office_hours_follow_the_calendar_when_a_day_is_asked(day, open_) -> None:
    assert CHINA.is_working_day(day) is open_


def test_limit_is_provisional_when_it_reaches_into_an_unpublished_year() -> None:
    assert add_working_days(date(2026, 11, 20), 5, CHINA) == (date(2026, 11, 27), False)
    due, provisional = add_working_days(date(2099, 12, 1), 5, CHINA)
    assert provisional
    assert due == date(2099, 12, 8)


def test_spring_festival_is_skipped_when_counting() -> None:
    assert add_working_days(date(2026, 2, 13), 2, CHINA) == (date(2026, 2, 24), False)


def test_nobody_loses_a_right_when_the_limit_is_provisional() -> None:
    limit = Deadline(LimitKind.SUPPLEMENT, date(2099, 1, 1), date(2099, 1, 20), provisional=True)
    assert not has_lapsed(limit, date(2099, 6, 1))
    assert urgency(limit, date(2099, 6, 1), CHINA) is Urgency.PASSED, "officers still see it"
    settled = recalculate(limit, Limits(), Weekdays())
    assert not settled.provisional
    assert settled.due >= limit.due
    assert has_lapsed(settled, date(2099, 6, 1))


def test_paused_limit_never_lapses_when_time_goes_by() -> None:
    limit = pause(start(LimitKind.REVIEW, date(2026, 3, 2), Limits(), CHINA), date(2026, 3, 4), CHINA)
    assert limit.remaining == 8
    assert urgency(limit, date(2030, 1, 1), CHINA) is Urgency.PAUSED
    assert not has_lapsed(limit, date(2030, 1, 1))
    assert pause(limit, date(2026, 5, 1), CHINA) == limit
    assert recalculate(limit, Limits(), CHINA) == limit


@given(DAYS, st.integers(0, 60))
def test_count_comes_back_when_counted_the_other_way(day, count) -> None:
    due, _ = add_working_days(day, count, CHINA)
    assert working_days_between(day, due, CHINA) == count
    assert count == 0 or CHINA.is_working_day(due)


@given(DAYS, st.integers(0, 30), st.integers(0, 60))
def test_due_day_never_moves_earlier_when_paused_and_resumed(day, before, away) -> None:
    limit = start(LimitKind.REVIEW, day, Limits(), CHINA)
    stopped = day + timedelta(days=before)
    left = working_days_between(stopped, limit.due, CHINA)
    again = resume(pause(limit, stopped, CHINA), stopped + timedelta(days=away), CHINA)
    assert again.due >= limit.due
    assert not again.paused
    assert left == 0 or working_days_between(stopped + timedelta(days=away), again.due, CHINA) >= left
    assert resume(limit, stopped, CHINA) == limit
