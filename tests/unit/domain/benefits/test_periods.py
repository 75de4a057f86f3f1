"""Periods against a reference that walks the calendar with a fixed offset of eight hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.redemption import AgeLimit, PeriodKind, completed_years, period_at, school_stage

# China has kept +08:00 without summer time since 1992.
_PLUS_EIGHT = timezone(timedelta(hours=8))
_MOMENTS = st.datetimes(min_value=datetime(1992, 1, 1), max_value=datetime(2150, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_DAYS = st.dates(date(1930, 1, 1), date(2100, 12, 31))


@given(_MOMENTS)
def test_the_key_is_the_local_year_and_month_when_any_moment_is_given(moment: datetime) -> None:
    local = moment + timedelta(hours=8)

    assert period_at(PeriodKind.YEAR, moment).key == local.strftime("%Y")
    assert period_at(PeriodKind.MONTH, moment).key == local.strftime("%Y-%m")


@given(_MOMENTS, st.sampled_from([PeriodKind.YEAR, PeriodKind.MONTH]))
def test_periods_tile_time_when_walked_from_end_to_start(moment: datetime, kind: PeriodKind) -> None:
    period = period_at(kind, moment)
    assert period.starts is not None
    assert period.ends is not None

    assert period.contains(moment)
    assert period.contains(period.starts)
    assert not period.contains(period.ends)
    after = period_at(kind, period.ends)
    assert after.starts == period.ends
    assert after.key != period.key
    assert period_at(kind, period.ends - timedelta(microseconds=1)) == period
    assert period.starts.astimezone(_PLUS_EIGHT).time().isoformat() == "00:00:00"


@pytest.mark.parametrize(
    ("moment", "year", "month"),
    [
        ("2026-12-31T15:59:59.999999+00:00", "2026", "2026-12"),
        ("2026-12-31T16:00:00+00:00", "2027", "2027-01"),
        ("2028-02-29T15:59:59+00:00", "2028", "2028-02"),
        ("2028-02-29T16:00:00+00:00", "2028", "2028-03"),
    ],
)
def test_the_period_turns_at_local_midnight_when_it_is_still_day_in_utc(moment: str, year: str, month: str) -> None:
    at = datetime.fromisoformat(moment)

    assert period_at(PeriodKind.YEAR, at).key == year
    assert period_at(PeriodKind.MONTH, at).key == month


def test_one_key_lasts_for_ever_when_the_period_is_life_or_unlimited() -> None:
    early, late = datetime(1999, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)

    assert period_at(PeriodKind.LIFE, early) == period_at(PeriodKind.LIFE, late)
    assert period_at(PeriodKind.UNLIMITED, early).key == period_at(PeriodKind.UNLIMITED, late).key == "always"
    assert period_at(PeriodKind.LIFE, early).contains(late)


def test_a_school_stage_has_its_own_key_when_asked_for_by_name() -> None:
    assert school_stage("primary").key == "stage:primary"
    with pytest.raises(ValueError, match="school_stage"):
        period_at(PeriodKind.SCHOOL_STAGE, datetime(2026, 1, 1, tzinfo=UTC))


@given(_DAYS, st.integers(0, 40_000))
def test_completed_years_equal_the_birthdays_passed_when_counted_one_by_one(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    passed = 0
    while _birthday(born, born.year + passed + 1) <= on:
        passed += 1

    assert completed_years(born, on) == passed


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def test_a_year_is_completed_on_the_first_of_march_when_born_on_29_february() -> None:
    born = date(2008, 2, 29)

    assert completed_years(born, date(2026, 2, 28)) == 17
    assert completed_years(born, date(2026, 3, 1)) == 18
    assert completed_years(born, date(2028, 2, 29)) == 20


def test_an_age_limit_is_half_open_when_both_sides_are_given() -> None:
    limit, born = AgeLimit(6, 18), date(2010, 5, 20)

    assert not limit.holds(born, date(2016, 5, 19))
    assert limit.holds(born, date(2016, 5, 20))
    assert limit.holds(born, date(2028, 5, 19))
    assert not limit.holds(born, date(2028, 5, 20))
    assert AgeLimit().holds(born, date(1999, 1, 1))
