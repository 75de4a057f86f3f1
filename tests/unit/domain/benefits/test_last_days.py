"""The last day of a period, as people are told it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from suchang.domain.redemption.periods import PeriodKind, period_at

MOMENT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "last"), [(PeriodKind.YEAR, "2026-12-31"), (PeriodKind.MONTH, "2026-11-30"), (PeriodKind.LIFE, None)]
)
def test_last_day_is_the_one_before_the_boundary_when_a_period_ends(kind: PeriodKind, last: str | None) -> None:
    assert period_at(kind, MOMENT).last_day == last
