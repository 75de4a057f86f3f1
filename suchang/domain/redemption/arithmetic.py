"""The arithmetic of quotas, reservations and reversals: integers in, an integer or a refusal out.

The redemption ledger does the same sums in SQL, where they are raced for; these functions are their definition, used
for what is shown and for what one row decides. A quota of None is unlimited.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from suchang.domain.redemption.codes import RefusalReason, Unit

DESK_UNDO = timedelta(minutes=10)
DEFAULT_REVERSAL_WINDOW = timedelta(days=7)


def remaining(quota: int | None, used: int) -> int | None:
    """Return max(0, quota - used): a raised quota counts at once, a lowered one takes nothing back."""
    return None if quota is None else max(0, quota - used)


def grant(quota: int | None, used: int, asked: int, *, partial: bool = False) -> int | RefusalReason:
    """Return the units granted of those asked: all, or what remains if the item grants in part, or a refusal."""
    left = remaining(quota, used)
    if left is None or asked <= left:
        return asked
    return left if partial and left > 0 else RefusalReason.QUOTA_EXHAUSTED


def is_open(expires_at: datetime, now: datetime) -> bool:
    """Tell whether a reservation still counts as use: it expires at ``expires_at`` itself, sweeper or not."""
    return now < expires_at


def confirm(reserved: int, asked: int | None, expires_at: datetime, now: datetime) -> int | RefusalReason:
    """Return the units that a confirmation keeps (None asks for all reserved); the rest is released."""
    if not is_open(expires_at, now):
        return RefusalReason.RESERVATION_EXPIRED
    units = reserved if asked is None else asked
    return units if 0 < units <= reserved else RefusalReason.CONFIRM_EXCEEDS


def reverse(
    original: int,
    reversed_before: int,
    asked: int | None,
    *,
    unit: Unit,
    redeemed_at: datetime,
    now: datetime,
    window: timedelta = DEFAULT_REVERSAL_WINDOW,
    undo: bool = False,
) -> int | RefusalReason:
    """Return the units that a reversal restores to the original's period (None asks for all that is left).

    Amounts may be reversed in parts up to the original; times and days only whole, once. The window is half-open and
    runs on after the period's end; who undoes at a desk has its first ten minutes.
    """
    left = original - reversed_before
    if left <= 0:
        return RefusalReason.ALREADY_REVERSED
    if now >= redeemed_at + (min(window, DESK_UNDO) if undo else window):
        return RefusalReason.REVERSAL_WINDOW_OVER
    units = left if asked is None else asked
    if unit is not Unit.CNY and units != original:
        return RefusalReason.REVERSAL_NOT_WHOLE
    return units if 0 < units <= left else RefusalReason.REVERSAL_EXCEEDS
