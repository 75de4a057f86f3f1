"""How long things last: validity, the opening of renewal, the bar after a fraud."""

from __future__ import annotations

from datetime import date, timedelta

from suchang.domain.lifecycle.working_days import Limits


def add_years(day: date, years: int) -> date:
    """Return the same day some years on; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def valid_until(issued: date, years: int, contract_ends: date | None) -> date:
    """Return the last day on which a new card is good: never beyond the labour contract.

    The day before the anniversary, so that five years are five years. A contract that has already ended raises
    ``ValueError``: such a card can't be issued.
    """
    end = add_years(issued, years) - timedelta(days=1)
    if contract_ends is not None and contract_ends < issued:
        raise ValueError("the labour contract ended before the card would begin")
    return end if contract_ends is None else min(end, contract_ends)


def renewal_opens(last_day: date, limits: Limits) -> date:
    """Return the first day on which a card may be renewed."""
    return last_day - timedelta(days=limits.renewal_window_days)


def bar_until(found: date, limits: Limits) -> date:
    """Return the first day on which someone barred for fraud may apply again."""
    return add_years(found, limits.fraud_bar_years)
