"""The bucket of a partner's rate: never more than burst and rate allow, all of it after a pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.partner.token_bucket import Bucket, Rate, full, take, wait

START = datetime(2026, 11, 2, tzinfo=UTC)
CALLS = st.lists(st.tuples(st.floats(-5, 120), st.integers(1, 500)), min_size=1, max_size=60)


@given(st.integers(1, 100_000), CALLS)
def test_nobody_gets_more_than_burst_and_rate_allow(per_minute: int, calls: list[tuple[float, int]]) -> None:
    rate = Rate(per_minute)
    bucket, now, newest, total = full(rate, START), START, START, 0
    for seconds, asked in calls:
        now += timedelta(seconds=seconds)
        newest = max(newest, now)
        granted, bucket = take(bucket, rate, asked, now)
        total += granted
        assert 0 <= granted <= asked
        assert total <= rate.burst + (newest - START).total_seconds() * rate.per_second + 1e-6 * len(calls)
        if granted < asked:
            assert bucket.tokens < 1


@given(st.integers(1, 100_000))
def test_the_whole_burst_is_back_when_enough_time_has_passed(per_minute: int) -> None:
    rate = Rate(per_minute)
    _, empty = take(full(rate, START), rate, rate.burst, START)
    later = START + timedelta(seconds=rate.burst / rate.per_second, milliseconds=1)
    assert take(empty, rate, rate.burst + 1, later)[0] == rate.burst


def test_the_wait_is_over_when_a_token_is_there() -> None:
    rate = Rate(60)
    _, empty = take(full(rate, START), rate, 10, START)
    seconds = wait(empty, rate)
    assert seconds == 1
    assert take(empty, rate, 1, START + timedelta(seconds=seconds - 0.01))[0] == 0
    assert take(empty, rate, 1, START + timedelta(seconds=seconds))[0] == 1


def test_a_clock_that_is_behind_brings_and_takes_nothing() -> None:
    bucket = Bucket(3.5, START)
    assert take(bucket, Rate(600), 0, START - timedelta(seconds=9)) == (0, bucket)
