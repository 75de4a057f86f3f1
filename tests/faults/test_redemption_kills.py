"""The short form of ``tests.faults.redemption_kills``."""

from __future__ import annotations

import pytest

from tests.faults.redemption_kills import run


@pytest.mark.faults
@pytest.mark.parametrize(
    ("app", "postgres"), [(2, 1), pytest.param(50, 10, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])]
)
def test_nothing_acknowledged_is_lost_or_doubled_when_application_and_database_are_killed(
    app: int, postgres: int
) -> None:
    report = run(app, postgres)
    assert report.good, report
