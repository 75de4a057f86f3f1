"""What follows a use: a reservation is confirmed or released, a redemption is taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suchang.domain.redemption import Refusal, RefusalReason, ReversalRequest, arithmetic, rules
from suchang.persistence import ledger_rows
from suchang.persistence.models import Redemption
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.partner.tokens import ensure_active
from suchang.workflows.redemption.redeem import own_use, redemption_view, refusal_answer, service_for
from suchang.workflows.runtime.actors import Actor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer, Retry, once


def confirm(
    collaborators: Collaborators,
    actor: PartnerActor,
    redemption_id: str,
    *,
    units: int | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Confirm an open reservation, wholly or in part; the rest is released. It counts in the reservation's period.

    The card's state is not asked: what was reserved in time stands, unless fraud or compromise released it.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            reservation = own_use(session, actor, redemption_id)
            refusal = _closed(session, reservation, now)
            if refusal is not None:
                return refusal_answer(refusal)
            kept = arithmetic.confirm(reservation.units, units, _expiry(reservation), now)
            if isinstance(kept, RefusalReason):
                return refusal_answer(rules.refuse(kept))
            line = ledger_rows.follow(
                session, reservation, "confirm", kept, now, **_hand(actor), details=reservation.details
            )
            audit_rows.record(session, now, actor, "confirmed", "redemption", reservation.id, units=kept)
            return Answer(redemption_view(line))

        return once(session, retry, now, act)


def release(
    collaborators: Collaborators, actor: PartnerActor, redemption_id: str, *, reason: str, retry: Retry | None = None
) -> Answer:
    """Return an open reservation back."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            reservation = own_use(session, actor, redemption_id)
            refusal = _closed(session, reservation, now)
            if refusal is not None:
                return refusal_answer(refusal)
            line = ledger_rows.follow(
                session, reservation, "release", -reservation.units, now, reason=reason, **_hand(actor)
            )
            audit_rows.record(session, now, actor, "released", "redemption", reservation.id)
            return Answer(redemption_view(line))

        return once(session, retry, now, act)


def release_for_card(session: Session, actor: Actor, card_id: str, now: datetime, *, reason: str) -> int:
    """Release every open reservation of a card after fraud or compromise, and give how many there were."""
    query = ledger_rows.open_reservations().where(Redemption.card_id == card_id)
    found = sorted(session.execute(query).scalars(), key=ledger_rows.key_of)
    released = 0
    for reservation in found:
        if ledger_rows.lock_use(session, reservation) is None:
            ledger_rows.follow(
                session, reservation, "release", -reservation.units, now, reason=reason, operator_id=None
            )
            audit_rows.record(session, now, actor, "released", "redemption", reservation.id, reason=reason)
            released += 1
    return released


def reverse(
    collaborators: Collaborators,
    actor: PartnerActor,
    redemption_id: str,
    *,
    reason: str,
    units: int | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Take a redemption back, wholly or (amounts) in part, by a negative line in the period of the original.

    A program has the item's window, a person at a desk the first ten minutes.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            original = own_use(session, actor, redemption_id)
            outcome = ledger_rows.lock_use(session, original)
            redeemed = original if original.kind == "redeem" else outcome
            if redeemed is None or redeemed.kind == "release":
                return refusal_answer(rules.refuse(RefusalReason.NOT_REDEEMED))
            answer = service_for(collaborators, original.item).reverse(
                ReversalRequest(
                    item=original.item,
                    units=redeemed.units,
                    redeemed_at=redeemed.created_at,
                    at=now,
                    reversed_before=_reversed(session, original),
                    asked=units,
                    undo=actor.operator_id is not None,
                )
            )
            if isinstance(answer, Refusal):
                return refusal_answer(answer)
            line = ledger_rows.follow(session, original, "reverse", -answer, now, reason=reason, **_hand(actor))
            audit_rows.record(session, now, actor, "reversed", "redemption", original.id, units=answer)
            return Answer(redemption_view(line))

        return once(session, retry, now, act)


def _hand(actor: PartnerActor) -> dict[str, str | None]:
    return {"site_id": actor.site_id, "operator_id": actor.operator_id}


def _expiry(reservation: Redemption) -> datetime:
    if reservation.expires_at is None:
        raise RuntimeError(f"{reservation.id} is a reservation without an end")
    return reservation.expires_at


def _closed(session: Session, reservation: Redemption, now: datetime) -> Refusal | None:
    """Lock a reservation and say why it is no longer open; one that has expired is released on the way."""
    if reservation.kind != "reserve":
        return rules.refuse(RefusalReason.RESERVATION_CLOSED)
    outcome = ledger_rows.lock_use(session, reservation)
    if outcome is not None:
        expired = outcome.kind == "release" and outcome.reason == ledger_rows.EXPIRED
        return rules.refuse(RefusalReason.RESERVATION_EXPIRED if expired else RefusalReason.RESERVATION_CLOSED)
    if arithmetic.is_open(_expiry(reservation), now):
        return None
    ledger_rows.lapse(session, now, keys=[ledger_rows.key_of(reservation)])
    return rules.refuse(RefusalReason.RESERVATION_EXPIRED)


def _reversed(session: Session, original: Redemption) -> int:
    taken = session.execute(
        select(func.coalesce(func.sum(-Redemption.units), 0)).where(
            Redemption.origin_id == original.id, Redemption.kind == "reverse"
        )
    ).scalar_one()
    return int(taken)
