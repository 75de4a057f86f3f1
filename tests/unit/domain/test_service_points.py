"""Opening hours and distances."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from suchang.domain.errors import Invalid
from suchang.domain.help.service_points import Opening, is_open, metres_between, read_opening
from suchang.domain.places import CITIES

WORKDAYS = {"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:30"}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-02T01:00:00+00:00", True),  # Monday, 09:00 in Nanjing
        ("2026-11-02T00:59:59+00:00", False),
        ("2026-11-02T09:29:59+00:00", True),
        ("2026-11-02T09:30:00+00:00", False),
        ("2026-11-06T02:00:00+00:00", True),
        ("2026-11-07T02:00:00+00:00", False),
        ("2026-11-01T22:00:00+00:00", False),  # Monday there, six in the morning
    ],
)
def test_a_point_is_open_by_local_time_until_just_before_it_closes(moment: str, expected: bool) -> None:
    assert is_open([read_opening(WORKDAYS)], datetime.fromisoformat(moment)) is expected


def test_a_point_without_hours_is_never_called_open() -> None:
    assert not is_open([], datetime(2026, 11, 2, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [
        {"days": []},
        {"days": [0]},
        {"days": [8]},
        {"days": [True]},
        {"days": "12"},
        {"opens": "9:00"},
        {"opens": "24:00"},
        {"opens": "17:30"},
        {"closes": None},
        {"closes": "08:00\n"},
        {"note": "x"},
    ],
)
def test_hours_are_refused_when_they_make_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        read_opening(WORKDAYS | change)
    assert caught.value.code == "bad_hours"


def test_days_are_kept_once_and_in_order() -> None:
    assert read_opening(WORKDAYS | {"days": [3, 1, 3]}) == Opening((1, 3), "09:00", "17:30")


def test_distances_agree_with_known_ones() -> None:
    nanjing, suzhou = CITIES["320100"], CITIES["320500"]
    metres = metres_between(nanjing.longitude, nanjing.latitude, suzhou.longitude, suzhou.latitude)

    assert 185_000 < metres < 192_000
    assert metres_between(0, 0, 0, 0) == 0
    # A quarter of a meridian, by the definition of the metre close to 10,000 km.
    assert metres_between(12, 0, 12, 90) == pytest.approx(10_007_557, abs=5)
    assert metres_between(0, 0, 180, 0) == pytest.approx(20_015_115, abs=5)
