"""The token bucket behind a partner's rate: it fills steadily up to a burst, and each call takes one out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

BURST_SECONDS = 10
"""How many seconds' worth may be called at once after a pause (assumption)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit in calls a minute."""

    per_minute: int

    @property
    def per_second(self) -> float:
        """Return how many tokens come in a second."""
        return self.per_minute / 60

    @property
    def burst(self) -> int:
        """Return how many tokens the bucket holds."""
        return max(1, self.per_minute * BURST_SECONDS // 60)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was left at a moment; a fraction of a token is on its way."""

    tokens: float
    at: datetime


def full(rate: Rate, now: datetime) -> Bucket:
    """Return the bucket of somebody who has not called for long."""
    return Bucket(float(rate.burst), now)


def take(bucket: Bucket, rate: Rate, asked: int, now: datetime) -> tuple[int, Bucket]:
    """Take up to so many whole tokens out; gives how many there were, and the bucket that is left.

    A moment before the bucket's own (another machine's clock was ahead) brings no tokens and takes none away.
    """
    waited = max(0.0, (now - bucket.at).total_seconds())
    tokens = min(float(rate.burst), bucket.tokens + waited * rate.per_second)
    granted = min(asked, math.floor(tokens + 1e-9))
    return granted, Bucket(max(0.0, tokens - granted), max(now, bucket.at))


def wait(bucket: Bucket, rate: Rate) -> float:
    """Return the seconds until a whole token is there."""
    return max(0.0, 1 - bucket.tokens) / rate.per_second
