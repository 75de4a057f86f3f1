"""How often a partner may call: a token bucket in PostgreSQL, out of which each server process takes a few at a time.

A row that every call writes would make a partner's calls queue up behind each other. So a process takes a twentieth of
the burst at once and hands it out itself, for ten seconds at most; when nothing is left it refuses from memory, so that
a flood costs the database next to nothing and the other partners no time. All processes together hand out what the
bucket holds and never more; what one of them took and did not need is lost to the partner.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.domain.errors import TooMany
from suchang.domain.partner.token_bucket import Bucket, Rate, full, take, wait
from suchang.persistence.models import Partner, PartnerRate
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner.tokens import ensure_active
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

DEFAULT_PER_MINUTE = 12_000
"""For partners without a rate of their own (assumption)."""

KEPT = timedelta(seconds=10)
SHARE = 20


@dataclass(slots=True)
class _Lease:
    """What this process may hand out until a moment; ``empty`` when the bucket was, so that it refuses until then."""

    left: int
    until: datetime
    empty: bool


class PartnerRates:
    """What this process has taken out of the buckets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._leases: dict[str, _Lease] = {}

    def spend(self, collaborators: Collaborators, partner_id: str) -> None:
        """Count one call; raises TooMany, with the seconds to wait, when the partner's rate is used up."""
        now = collaborators.clock()
        if self._spend_own(partner_id, now):
            return
        # One thread takes a share, and those beside it wait for that one: a share for each would empty the bucket.
        with self._taking[partner_id]:
            if self._spend_own(partner_id, now):
                return
            granted, seconds = _take(collaborators, partner_id, now)
            with self._lock:
                if granted:
                    self._leases[partner_id] = _Lease(granted - 1, now + KEPT, empty=False)
                    return
                self._leases[partner_id] = _Lease(0, now + timedelta(seconds=min(seconds, 1)), empty=True)
        raise _too_many(seconds)

    def _spend_own(self, partner_id: str, now: datetime) -> bool:
        with self._lock:
            lease = self._leases.get(partner_id)
            if lease is None or now >= lease.until:
                return False
            if lease.left:
                lease.left -= 1
                return True
            if lease.empty:
                raise _too_many((lease.until - now).total_seconds())
            return False


def _too_many(seconds: float) -> TooMany:
    return TooMany(
        "This partner has called more often than agreed; wait as long as Retry-After says.",
        retry_after=max(1, math.ceil(seconds)),
        code="partner_rate",
    )


def _take(collaborators: Collaborators, partner_id: str, now: datetime) -> tuple[int, float]:
    """Take a share out of a partner's bucket; gives how many calls, and the seconds until there is another."""
    with unit_of_work(collaborators.sessions) as session:
        # A share that a crash forgets was handed out all the same.
        session.execute(text("SET LOCAL synchronous_commit = off"))
        rate, bucket = _bucket(session, partner_id, now, lock=True)
        granted, left = take(bucket, rate, max(1, rate.burst // SHARE), now)
        row = {"tokens": left.tokens, "at": left.at}
        session.execute(
            insert(PartnerRate)
            .values(partner_id=partner_id, **row)
            .on_conflict_do_update(index_elements=["partner_id"], set_=row)
        )
        return granted, wait(left, rate)


def _bucket(session: Session, partner_id: str, now: datetime, *, lock: bool = False) -> tuple[Rate, Bucket]:
    if lock:
        # The row may not be there yet, and the partner's own is locked by whoever suspends it.
        session.execute(text("SELECT pg_advisory_xact_lock(7306010, hashtext(:id))"), {"id": partner_id})
    found = session.execute(
        select(Partner.requests_per_minute, PartnerRate.tokens, PartnerRate.at)
        .outerjoin(PartnerRate, PartnerRate.partner_id == Partner.id)
        .where(Partner.id == partner_id)
    ).one()
    rate = Rate(found.requests_per_minute or DEFAULT_PER_MINUTE)
    return rate, full(rate, now) if found.at is None else Bucket(found.tokens, found.at)


def mine(collaborators: Collaborators, actor: PartnerActor) -> dict[str, Any]:
    """Show a partner its rate: calls a minute, how many at once, and how many are left about now."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
        rate, bucket = _bucket(session, actor.partner_id, now)
        left, _ = take(bucket, rate, rate.burst, now)
        return {"requests_per_minute": rate.per_minute, "burst": rate.burst, "left": left}
