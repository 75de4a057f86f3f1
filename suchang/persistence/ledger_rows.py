"""Rows of the redemption ledger: locks in key order, lines that follow others, reservations that lapse.

Locks are taken in one order everywhere: counters by key, then exclusive choices by key, then the ledger's indexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from suchang.domain.ids import new_id
from suchang.domain.redemption import ClaimKey, CounterKey
from suchang.persistence.models import EntitlementCounter, ExclusiveChoice, Redemption

BEGINS = ("redeem", "reserve")
"""The kinds of line with which a use begins; the others name theirs."""

EXPIRED = "expired"
"""The reason on the release of a reservation whose time was over."""


def row_of(key: CounterKey) -> dict[str, Any]:
    """Return a counter key as column values."""
    return {"subject": key.subject, "item": key.item, "period_key": key.period_key}


def locked_use(session: Session, keys: Sequence[CounterKey]) -> int:
    """Lock the counters in key order, made where they are missing, and give the sum of use and reservations."""
    total = 0
    for key in keys:
        session.execute(insert(EntitlementCounter).values(used=0, held=0, **row_of(key)).on_conflict_do_nothing())
        row = session.execute(
            select(EntitlementCounter.used, EntitlementCounter.held).filter_by(**row_of(key)).with_for_update()
        ).one()
        total += row.used + row.held
    return total


def place(session: Session, line: Redemption) -> bool:
    """Insert a line; false when a unique index has one like it."""
    values = {column.key: getattr(line, column.key) for column in Redemption.__table__.columns}
    placed = session.execute(insert(Redemption).values(**values).on_conflict_do_nothing().returning(Redemption.id))
    return placed.first() is not None


def follow(session: Session, origin: Redemption, kind: str, units: int, now: datetime, **changes: Any) -> Redemption:
    """Write a line that follows another: confirm, release or reverse, in the period and choice of its origin.

    The caller holds the counter's lock (``lock_use``), so that the line can't be there already.
    """
    values = {column.key: getattr(origin, column.key) for column in Redemption.__table__.columns}
    values |= {"id": new_id("red"), "kind": kind, "origin_id": origin.id, "units": units, "asked": units}
    values |= {"expires_at": None, "moment": now, "created_at": now, "details": {}, "provisional": False}
    line = Redemption(**values | changes)
    if not place(session, line):
        raise RuntimeError(f"{origin.id} has an outcome although its counter is locked")
    _move(session, origin, kind, units)
    return line


def _move(session: Session, origin: Redemption, kind: str, units: int) -> None:
    """Move counter and choice by what a following line means for them."""
    used = {"confirm": units, "release": 0, "reverse": units}[kind]
    held = 0 if kind == "reverse" else -origin.units
    session.execute(
        update(EntitlementCounter)
        .where(_is_key(EntitlementCounter, key_of(origin)))
        .values(used=EntitlementCounter.used + used, held=EntitlementCounter.held + held)
    )
    if origin.claim_group is not None:
        session.execute(
            update(ExclusiveChoice)
            .where(
                ExclusiveChoice.group == origin.claim_group,
                ExclusiveChoice.subject == origin.claim_subject,
                ExclusiveChoice.period_key == origin.claim_period,
            )
            .values(units=ExclusiveChoice.units + used + held)
        )


def key_of(line: Redemption) -> CounterKey:
    """Return the counter that a line counts on."""
    return CounterKey(line.subject, line.item, line.period_key)


def lock_use(session: Session, line: Redemption) -> Redemption | None:
    """Lock the counter of a use, and give its outcome (confirm or release) if it has one."""
    locked_use(session, [key_of(line)])
    return session.execute(
        select(Redemption).where(Redemption.origin_id == line.id, Redemption.kind.in_(("confirm", "release")))
    ).scalar_one_or_none()


def lapse(session: Session, now: datetime, *, keys: Iterable[CounterKey] = (), claims: Iterable[ClaimKey] = ()) -> int:
    """Release the expired reservations on these counters and choices; give how many there were."""
    own = set(keys)
    on_keys: list[ColumnElement[bool]] = [_is_key(Redemption, key) for key in own]
    on_claims = [
        and_(
            Redemption.claim_group == claim.group,
            Redemption.claim_subject == claim.subject,
            Redemption.claim_period == claim.period_key,
        )
        for claim in claims
    ]
    return _lapse(session, now, or_(*on_keys, *on_claims), own)


def _lapse(
    session: Session,
    now: datetime,
    where: ColumnElement[bool],
    own: Iterable[CounterKey] = (),
    limit: int | None = None,
) -> int:
    query = open_reservations().where(where, Redemption.expires_at <= now)
    found = session.execute(query.order_by(Redemption.expires_at).limit(limit)).scalars().all()
    if not found:
        return 0
    # The caller's own counters too, so that it takes no lower key after a higher one.
    locked_use(session, sorted({key_of(line) for line in found}.union(own)))
    # Some may have got an outcome while this waited for the locks.
    still = session.execute(open_reservations().where(Redemption.id.in_([line.id for line in found]))).scalars().all()
    for line in sorted(still, key=lambda each: (each.claim_group or "", each.claim_subject or "", each.id)):
        follow(session, line, "release", -line.units, now, reason=EXPIRED, operator_id=None)
    return len(still)


def sweep(session: Session, now: datetime, *, limit: int = 200) -> int:
    """Lapse the oldest expired reservations wherever they are: tidiness, on which no answer depends."""
    return _lapse(session, now, Redemption.kind == "reserve", limit=limit)


def open_reservations() -> Select[Redemption]:
    """Select reservations without an outcome, expired or not."""
    outcome = aliased(Redemption)
    has_outcome = select(outcome.id).where(outcome.origin_id == Redemption.id, outcome.kind.in_(("confirm", "release")))
    return select(Redemption).where(Redemption.kind == "reserve", ~has_outcome.exists())


def _is_key(table: Any, key: CounterKey) -> ColumnElement[bool]:
    return and_(table.subject == key.subject, table.item == key.item, table.period_key == key.period_key)
