"""What is said about quantities: money with its cents, days and times in number."""

from __future__ import annotations

import pytest

from suchang.domain.redemption import Unit
from suchang.domain.redemption.texts import quantity


@pytest.mark.parametrize(
    ("unit", "amount", "zh", "en"),
    [
        (Unit.CNY, 170_000_005, "1,700,000.05 元", "CNY 1,700,000.05"),
        (Unit.DAYS, 1, "1 天", "1 day"),
        (Unit.DAYS, 5, "5 天", "5 days"),
        (Unit.TIMES, 1, "1 次", "1 time"),
        (Unit.TIMES, 2, "2 次", "2 times"),
    ],
)
def test_quantity_is_said_in_its_unit(unit: Unit, amount: int, zh: str, en: str) -> None:
    assert (quantity(unit, amount).zh, quantity(unit, amount).en) == (zh, en)
