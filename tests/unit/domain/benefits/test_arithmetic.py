"""The arithmetic against an obvious reference: a list of single units, one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.redemption import RefusalReason, Unit, arithmetic

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
_COUNT = st.integers(0, 30)


@given(st.none() | _COUNT, _COUNT, st.integers(1, 30), st.booleans())
def test_a_grant_equals_handing_out_single_units_when_done_one_by_one(
    quota: int | None, used: int, asked: int, partial: bool
) -> None:
    handed = 0
    while handed < asked and (quota is None or used + handed < quota):
        handed += 1

    granted = arithmetic.grant(quota, used, asked, partial=partial)

    if handed == asked or (partial and handed > 0):
        assert granted == handed
    else:
        assert granted is RefusalReason.QUOTA_EXHAUSTED


@given(_COUNT, _COUNT, _COUNT)
def test_nothing_is_taken_back_and_a_rise_counts_at_once_when_the_quota_changes(old: int, new: int, used: int) -> None:
    used = min(used, old)

    left = arithmetic.remaining(new, used)

    assert left == (new - used if new > used else 0)


def test_nothing_limits_when_the_quota_is_unlimited() -> None:
    assert arithmetic.remaining(None, 10**9) is None
    assert arithmetic.grant(None, 10**9, 5) == 5


def test_a_reservation_is_over_at_its_very_instant_when_time_passes() -> None:
    assert arithmetic.is_open(NOW, NOW - timedelta(microseconds=1))
    assert not arithmetic.is_open(NOW, NOW)


@given(st.integers(1, 30), st.none() | st.integers(-2, 40))
def test_a_confirmation_keeps_at_most_what_was_reserved_when_in_time(reserved: int, asked: int | None) -> None:
    kept = arithmetic.confirm(reserved, asked, NOW, NOW - timedelta(seconds=1))

    if asked is None:
        assert kept == reserved
    elif 1 <= asked <= reserved:
        assert kept == asked
    else:
        assert kept is RefusalReason.CONFIRM_EXCEEDS


def test_a_confirmation_is_refused_when_the_reservation_has_expired() -> None:
    assert arithmetic.confirm(3, 3, NOW, NOW) is RefusalReason.RESERVATION_EXPIRED


@given(st.integers(1, 1000), st.lists(st.none() | st.integers(-5, 400), max_size=12))
def test_parts_never_exceed_the_original_when_an_amount_is_reversed(original: int, parts: list[int | None]) -> None:
    taken_back = 0
    for part in parts:
        units = arithmetic.reverse(original, taken_back, part, unit=Unit.CNY, redeemed_at=NOW, now=NOW)
        if taken_back == original:
            assert units is RefusalReason.ALREADY_REVERSED
        elif part is None:
            assert units == original - taken_back
        elif 0 < part <= original - taken_back:
            assert units == part
        else:
            assert units is RefusalReason.REVERSAL_EXCEEDS
        taken_back += units if isinstance(units, int) else 0

    assert 0 <= taken_back <= original


@pytest.mark.parametrize("unit", [Unit.TIMES, Unit.DAYS])
def test_counts_are_reversed_only_whole_and_once(unit: Unit) -> None:
    def reverse(before: int, asked: int | None) -> int | RefusalReason:
        return arithmetic.reverse(3, before, asked, unit=unit, redeemed_at=NOW, now=NOW)

    assert reverse(0, 2) is RefusalReason.REVERSAL_NOT_WHOLE
    assert reverse(0, 3) == reverse(0, None) == 3
    assert reverse(3, None) is RefusalReason.ALREADY_REVERSED


def test_a_reversal_is_refused_from_the_end_of_its_window_on() -> None:
    def at(now: datetime) -> int | RefusalReason:
        return arithmetic.reverse(1, 0, None, unit=Unit.TIMES, redeemed_at=NOW, now=now)

    assert at(NOW + timedelta(days=7) - timedelta(microseconds=1)) == 1
    assert at(NOW + timedelta(days=7)) is RefusalReason.REVERSAL_WINDOW_OVER


@pytest.mark.parametrize(("window", "minutes"), [(timedelta(days=7), 10), (timedelta(minutes=4), 4)])
def test_who_undoes_at_a_desk_has_ten_minutes_at_most(window: timedelta, minutes: int) -> None:
    def undo(now: datetime) -> int | RefusalReason:
        return arithmetic.reverse(1, 0, None, unit=Unit.TIMES, redeemed_at=NOW, now=now, window=window, undo=True)

    assert undo(NOW + timedelta(minutes=minutes, seconds=-1)) == 1
    assert undo(NOW + timedelta(minutes=minutes)) is RefusalReason.REVERSAL_WINDOW_OVER
