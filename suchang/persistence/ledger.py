"""The redemption ledger in PostgreSQL: the arithmetic of ``domain.redemption.arithmetic``, where it is raced for.

What a transaction locks, in this order, so that no two of them wait for each other: counter rows in key order, then
rows of exclusive choices in key order, then the unique indexes of the ledger itself. The usual charge is one statement
on the counter, whose WHERE decides the race for the last unit. A reservation is over when its moment has come, not when
somebody tidies up: before a charge is refused, expired reservations on its rows are lapsed and the charge tried once
more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.domain.ids import new_id
from suchang.domain.redemption import Charge, ClaimKey, RefusalReason, arithmetic
from suchang.persistence.ledger_rows import BEGINS, lapse, locked_use, place, row_of
from suchang.persistence.models import ExclusiveChoice, Redemption

_COUNT = text("""
    INSERT INTO entitlement_counter AS c (subject, item, period_key, used, held)
    SELECT :subject, :item, :period_key, :used, :held
    WHERE CAST(:quota AS bigint) IS NULL OR :used + :held <= CAST(:quota AS bigint)
    ON CONFLICT (subject, item, period_key) DO UPDATE SET used = c.used + :used, held = c.held + :held
    WHERE CAST(:quota AS bigint) IS NULL OR c.used + c.held + :used + :held <= CAST(:quota AS bigint)
    RETURNING 1
""")

_CHOOSE = text("""
    INSERT INTO exclusive_choice AS c ("group", subject, period_key, item, units, chosen_at)
    VALUES (:group, :subject, :period_key, :item, :units, :now)
    ON CONFLICT ("group", subject, period_key) DO UPDATE SET item = :item, units = c.units + :units,
        chosen_at = CASE WHEN c.units = 0 THEN :now ELSE c.chosen_at END
    WHERE c.item = :item OR c.units = 0
    RETURNING 1
""")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes a line, for whom, on which verification."""

    verification_id: str
    partner_id: str
    site_id: str | None
    operator_id: str | None
    card_id: str
    beneficiary: str
    tier: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the ledger takes no line; ``excluded_by`` is the item in the way."""

    reason: RefusalReason
    excluded_by: str | None = None


class _Leave(Exception):
    """Leave the savepoint with a refusal: nothing of the attempt stays."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


def charge(session: Session, asked: Charge, stamp: Stamp, moment: datetime, now: datetime) -> Redemption | Refused:
    """Write a use, redeemed or reserved, if quota, choice and verification allow it."""
    claims = () if asked.claim is None else (asked.claim, *asked.linked_claims)
    try:
        return _attempt(session, asked, stamp, moment, now)
    except _Leave as left:
        refused = left.refused
    if _is_redeemed(session, asked, stamp):
        return Refused(RefusalReason.ALREADY_REDEEMED)
    if lapse(session, now, keys=(asked.key, *asked.linked_keys), claims=claims):
        try:
            return _attempt(session, asked, stamp, moment, now)
        except _Leave as left:
            refused = left.refused
    return refused


def _attempt(session: Session, asked: Charge, stamp: Stamp, moment: datetime, now: datetime) -> Redemption:
    with session.begin_nested():
        units = _count(session, asked)
        if asked.claim is not None:
            _choose(session, asked.claim, asked.linked_claims, asked.key.item, units, now)
        line = _first_line(asked, stamp, units, moment, now)
        if not place(session, line):
            raise _Leave(Refused(RefusalReason.ALREADY_REDEEMED))
    return line


def _is_redeemed(session: Session, asked: Charge, stamp: Stamp) -> bool:
    query = select(Redemption.id).where(
        Redemption.verification_id == stamp.verification_id,
        Redemption.item == asked.key.item,
        Redemption.beneficiary == stamp.beneficiary,
        Redemption.kind.in_(BEGINS),
    )
    return session.execute(query).first() is not None


def _count(session: Session, asked: Charge) -> int:
    """Count the units within the quota and give those granted."""
    granted = asked.units
    if asked.linked_keys or asked.partial:
        used = locked_use(session, sorted((asked.key, *asked.linked_keys)))
        answer = arithmetic.grant(asked.quota, used, asked.units, partial=asked.partial)
        if isinstance(answer, RefusalReason):
            raise _Leave(Refused(answer))
        granted = answer
    # With other keys locked and summed above, this row is within the quota already.
    quota = None if asked.linked_keys else asked.quota
    reserve = asked.reserve_ttl is not None
    amounts = {"used": 0 if reserve else granted, "held": granted if reserve else 0, "quota": quota}
    if session.execute(_COUNT, row_of(asked.key) | amounts).first() is None:
        raise _Leave(Refused(RefusalReason.QUOTA_EXHAUSTED))
    return granted


def _choose(
    session: Session, claim: ClaimKey, linked: Sequence[ClaimKey], item: str, units: int, now: datetime
) -> None:
    if linked:
        for key in sorted((claim, *linked)):
            values = {"group": key.group, "subject": key.subject, "period_key": key.period_key}
            session.execute(
                insert(ExclusiveChoice).values(item=item, units=0, chosen_at=now, **values).on_conflict_do_nothing()
            )
            taken = session.execute(
                select(ExclusiveChoice.item, ExclusiveChoice.units).filter_by(**values).with_for_update()
            ).one()
            if taken.units > 0 and taken.item != item:
                raise _Leave(Refused(RefusalReason.EXCLUDED_BY, taken.item))
    row = {"group": claim.group, "subject": claim.subject, "period_key": claim.period_key}
    if session.execute(_CHOOSE, row | {"item": item, "units": units, "now": now}).first() is None:
        chosen = session.execute(select(ExclusiveChoice.item).filter_by(**row)).scalar_one()
        raise _Leave(Refused(RefusalReason.EXCLUDED_BY, chosen))


def _first_line(asked: Charge, stamp: Stamp, units: int, moment: datetime, now: datetime) -> Redemption:
    return Redemption(
        id=new_id("red"),
        kind="redeem" if asked.reserve_ttl is None else "reserve",
        verification_id=stamp.verification_id,
        partner_id=stamp.partner_id,
        site_id=stamp.site_id,
        operator_id=stamp.operator_id,
        card_id=stamp.card_id,
        subject=asked.key.subject,
        beneficiary=stamp.beneficiary,
        item=asked.key.item,
        period_key=asked.key.period_key,
        claim_group=asked.claim.group if asked.claim else None,
        claim_subject=asked.claim.subject if asked.claim else None,
        claim_period=asked.claim.period_key if asked.claim else None,
        unit=asked.unit.value,
        units=units,
        asked=asked.units,
        tier=stamp.tier,
        catalogue_version=asked.version,
        details=dict(asked.record),
        provisional=asked.provisional,
        expires_at=None if asked.reserve_ttl is None else now + asked.reserve_ttl,
        moment=moment,
        created_at=now,
    )
