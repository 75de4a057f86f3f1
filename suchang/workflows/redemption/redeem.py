"""A partner uses up an entitlement, once: redeemed at once, or reserved and confirmed later.

What an item charges is the benefit domain's word, whether it fits is the ledger's (``suchang.persistence.ledger``).
A use that was granted offline and doesn't fit ends as a refusal and as a conflict for review, never as a silent drop.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.domain.clock import rfc3339
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.redemption import (
    HOLDER,
    BenefitService,
    Charge,
    RedemptionRequest,
    Refusal,
    RefusalReason,
    Unit,
    rules,
)
from suchang.domain.vocabulary import Assurance
from suchang.persistence import ledger, ledger_rows
from suchang.persistence.models import Card, Redemption, RedemptionConflict, Verification
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.partner.tokens import ensure_active, need_scope
from suchang.workflows.redemption import entitlement_snapshot
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer, Retry, once

VERIFICATION_LIFE = timedelta(minutes=10)
GRANTED_AT_MOST = timedelta(hours=72)
CLOCKS_APART = timedelta(minutes=1)
PAGE = 100


def domain_of(item: str) -> str:
    """Return the domain of an item code such as ``medical.annual_checkup``."""
    return item.partition(".")[0]


def service_for(collaborators: Collaborators, item: str) -> BenefitService:
    """Return the service that offers an item; raises NotFound for an unknown one."""
    service = collaborators.services.get(domain_of(item))
    if service is None or item not in service.domain.items:
        raise NotFound("There is no such benefit item.", code="unknown_item")
    return service


def redeem(
    collaborators: Collaborators,
    actor: PartnerActor,
    *,
    verification_id: str,
    item: str,
    beneficiary: str = HOLDER,
    details: dict[str, Any] | None = None,
    reserve: bool = False,
    granted_at: datetime | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Redeem or reserve an item on a verification of the last ten minutes, made by the same partner at the same site.

    A deferred verification counts its minutes from its arrival and its use in the period when it was presented. With
    ``granted_at`` (scope ``verify:offline``, at most 72 hours ago) so does an online one whose answer the desk never
    got, if the desk granted the use within its ten minutes.
    """
    if granted_at is not None:
        need_scope(actor, "verify:offline")
    need_scope(actor, f"redeem:{domain_of(item)}")
    service = service_for(collaborators, item)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            seen = _verification(session, actor, verification_id, domain_of(item))
            # Against the card's end in the same moment: whoever revokes waits, or is seen here.
            card = session.execute(select(Card).where(Card.id == seen.card_id).with_for_update(read=True)).scalar_one()
            late = _granted_late(seen, granted_at, now)
            deferred = seen.mode == "deferred" or late is not None
            request = RedemptionRequest(
                item=item,
                holder=entitlement_snapshot.holding_of(session, card, now)[0],
                at=late or (seen.presented_at if deferred else now),
                assurance=Assurance(seen.assurance or "print"),
                details=details or {},
                beneficiary=_beneficiary(seen, beneficiary),
                deferred=deferred,
                reserve=reserve,
            )
            answer: Answer | Refusal = rules.refuse(RefusalReason.VERIFICATION_EXPIRED)
            if (late or now) - seen.created_at <= VERIFICATION_LIFE:
                answer = _write(session, actor, seen, card, service, request, now)
            if deferred and isinstance(answer, Refusal):
                _note_conflict(session, actor, seen, request, answer, now)
            return refusal_answer(answer) if isinstance(answer, Refusal) else answer

        return once(session, retry, now, act)


def _verification(session: Session, actor: PartnerActor, verification_id: str, domain: str) -> Verification:
    # Another's is not found by the same statement as one that is not there: no row to make, so the same time.
    query = select(Verification).where(
        Verification.id == verification_id,
        Verification.partner_id == actor.partner_id,
        Verification.site_id.is_not_distinct_from(actor.site_id),
        Verification.purpose == domain,
        Verification.outcome == "accepted",
    )
    seen = session.execute(query).scalar_one_or_none()
    if seen is None:
        raise NotFound("There is no such verification.", code="unknown_verification")
    return seen


def _granted_late(seen: Verification, granted_at: datetime | None, now: datetime) -> datetime | None:
    """Return when a use was granted on an online verification whose answer was lost; None where that is not told."""
    if granted_at is None or seen.mode == "deferred":
        return None
    at = granted_at.astimezone(UTC)
    if not max(now - GRANTED_AT_MOST, seen.created_at - CLOCKS_APART) <= at <= now:
        raise Invalid("presented_at must lie between the verification and now.", code="presented_at_out_of_range")
    return at


def _beneficiary(seen: Verification, asked: str) -> str:
    """Return whom a redemption is for: a dependant's own code is good for that dependant alone."""
    if seen.dependant_id is None:
        return asked
    if asked not in (HOLDER, seen.dependant_id):
        raise NotFound("There is no such beneficiary on this card.", code="unknown_beneficiary")
    return seen.dependant_id


def _write(
    session: Session,
    actor: PartnerActor,
    seen: Verification,
    card: Card,
    service: BenefitService,
    request: RedemptionRequest,
    now: datetime,
) -> Answer | Refusal:
    asked = service.redeem(request)
    if isinstance(asked, Refusal):
        return asked
    stamp = ledger.Stamp(
        verification_id=seen.id,
        partner_id=actor.partner_id,
        site_id=actor.site_id,
        operator_id=actor.operator_id,
        card_id=card.id,
        beneficiary=request.beneficiary,
        tier=card.tier,
    )
    line = ledger.charge(session, asked, stamp, request.at, now)
    if isinstance(line, ledger.Refused):
        return _explained(service, asked, line)
    action = "redeemed" if line.kind == "redeem" else "reserved"
    audit_rows.record(
        session, now, actor, action, "redemption", line.id, item=line.item, card=card.id, units=line.units
    )
    return Answer(redemption_view(line))


def _explained(service: BenefitService, asked: Charge, refused: ledger.Refused) -> Refusal:
    """Put the ledger's refusal into words: which item is in the way, when the quota renews."""
    group = service.domain.items[asked.key.item].group
    if refused.excluded_by is not None and group is not None:
        return rules.excluded(service.domain, group, refused.excluded_by)
    said = rules.refuse(refused.reason)
    if refused.reason is not RefusalReason.QUOTA_EXHAUSTED:
        return said
    return Refusal(said.reason, said.text, renews_at=asked.period.ends)


def _note_conflict(
    session: Session,
    actor: PartnerActor,
    seen: Verification,
    request: RedemptionRequest,
    refusal: Refusal,
    now: datetime,
) -> None:
    row = {
        "id": new_id("con"),
        "verification_id": seen.id,
        "partner_id": actor.partner_id,
        "site_id": actor.site_id,
        "card_id": seen.card_id,
        "item": request.item,
        "beneficiary": request.beneficiary,
        "reason": refusal.reason.value,
        "details": {"excluded_by": refusal.excluded_by},
        "moment": request.at,
        "created_at": now,
    }
    placed = session.execute(
        insert(RedemptionConflict).values(**row).on_conflict_do_nothing().returning(RedemptionConflict.id)
    ).first()
    if placed is not None:
        audit_rows.record(session, now, actor, "overdrawn", "redemption_conflict", str(row["id"]), item=request.item)


def refusal_answer(refusal: Refusal) -> Answer:
    """Answer a refusal with its code, its finer reason and its sentence in both languages."""
    body: dict[str, Any] = {
        "reason": refusal.reason.value,
        "text": {"zh": refusal.text.zh, "en": refusal.text.en},
        "detail": refusal.text.en,
    }
    if refusal.excluded_by:
        body["excluded_by"] = refusal.excluded_by
    if refusal.renews_at:
        body["renews_at"] = rfc3339(refusal.renews_at)
    return Answer(body, refusal=refusal.reason.code)


def redemption_view(line: Redemption) -> dict[str, Any]:
    """Show a line of the ledger to the partner that wrote it; amounts also as money in CNY."""
    view: dict[str, Any] = {
        "id": line.id,
        "kind": line.kind,
        "item": line.item,
        "beneficiary": line.beneficiary,
        "unit": line.unit,
        "units": line.units,
        "asked": line.asked,
        "period": line.period_key,
        "verification": line.verification_id,
        "origin": line.origin_id,
        "provisional": line.provisional,
        "details": line.details,
        "expires_at": rfc3339(line.expires_at) if line.expires_at else None,
        "at": rfc3339(line.created_at),
    }
    if line.unit == Unit.CNY:
        view["amount"] = money(line.units)
    return view


def money(fen: int) -> str:
    """Write fen as CNY: ``1234.50``, ``-0.05``."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def own_use(session: Session, actor: PartnerActor, redemption_id: str) -> Redemption:
    """Find a use (redeemed or reserved) that this partner began; NotFound for any other."""
    line = session.execute(
        select(Redemption).where(
            Redemption.id == redemption_id,
            Redemption.partner_id == actor.partner_id,
            Redemption.kind.in_(ledger_rows.BEGINS),
        )
    ).scalar_one_or_none()
    if line is None:
        raise NotFound("There is no such redemption.", code="unknown_redemption")
    need_scope(actor, f"redeem:{domain_of(line.item)}")
    return line


def list_own(collaborators: Collaborators, actor: PartnerActor, *, cursor: str | None = None) -> dict[str, Any]:
    """List the partner's own lines, newest first, by pages of a hundred."""
    query = select(Redemption).where(Redemption.partner_id == actor.partner_id)
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
        if cursor is not None:
            last = session.execute(query.where(Redemption.id == cursor)).scalar_one_or_none()
            if last is None:
                raise Invalid("This cursor is not one of ours; begin at the first page.", code="bad_cursor")
            before = (Redemption.created_at == last.created_at) & (Redemption.id < last.id)
            query = query.where((Redemption.created_at < last.created_at) | before)
        rows = session.execute(
            query.order_by(Redemption.created_at.desc(), Redemption.id.desc()).limit(PAGE + 1)
        ).scalars()
        shown = [redemption_view(row) for row in rows]
        more = len(shown) > PAGE
        return {"items": shown[:PAGE], "next": shown[PAGE - 1]["id"] if more else None}
