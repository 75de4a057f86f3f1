"""The redemption ledger: a partner uses up an entitlement, once.

Quota, exclusivity and once-only stand in PostgreSQL: one UPDATE that counts within the quota, one row that holds the
exclusive choice, one unique index on (verification, item, beneficiary). Locks are taken in key order, counters first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.domain.benefits import (
    HOLDER,
    BenefitService,
    Charge,
    RedemptionRequest,
    Refusal,
    RefusalReason,
    ReversalRequest,
)
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.vocabulary import Assurance
from suchang.persistence.models import Card, EntitlementCounter, ExclusiveChoice, Redemption, Verification
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import audit, holdings
from suchang.workflows.actors import PartnerActor
from suchang.workflows.collaborators import Collaborators
from suchang.workflows.idempotency import Answer, Retry, once
from suchang.workflows.partner_tokens import ensure_active, need_scope

VERIFICATION_LIFE = timedelta(minutes=10)
PAGE = 100


def domain_of(item: str) -> str:
    """Give the domain of an item code such as ``medical.annual_checkup``."""
    return item.partition(".")[0]


def service_for(parts: Collaborators, item: str) -> BenefitService:
    """Give the service that offers an item; raises NotFound for an unknown one."""
    service = parts.services.get(domain_of(item))
    if service is None or item not in service.domain.items:
        raise NotFound("There is no such benefit item.", code="unknown_item")
    return service


def redeem(
    parts: Collaborators,
    actor: PartnerActor,
    *,
    verification_id: str,
    item: str,
    beneficiary: str = HOLDER,
    details: dict[str, Any] | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Redeem an item on a verification of the last ten minutes, made by the same partner at the same site."""
    need_scope(actor, f"redeem:{domain_of(item)}")
    service = service_for(parts, item)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            seen = _verification(session, actor, verification_id, domain_of(item))
            if now - seen.created_at > VERIFICATION_LIFE:
                return _refused(RefusalReason.VERIFICATION_EXPIRED, "The verification is older than ten minutes.")
            card = session.execute(select(Card).where(Card.id == seen.card_id).with_for_update(read=True)).scalar_one()
            request = RedemptionRequest(
                item=item,
                holder=holdings.holder_of(session, card, now),
                at=seen.presented_at if seen.mode == "deferred" else now,
                assurance=Assurance(seen.assurance or "print"),
                details=details or {},
                beneficiary=beneficiary,
                deferred=seen.mode == "deferred",
            )
            charge = service.redeem(request)
            if isinstance(charge, Refusal):
                return _refusal(charge)
            return _charge(session, actor, seen, card, item, beneficiary, charge, now)

        return once(session, retry, now, act)


def _verification(session: Session, actor: PartnerActor, verification_id: str, domain: str) -> Verification:
    seen = session.execute(select(Verification).where(Verification.id == verification_id)).scalar_one_or_none()
    if (
        seen is None
        or seen.partner_id != actor.partner_id
        or seen.site_id != actor.site_id
        or seen.purpose != domain
        or seen.outcome != "accepted"
    ):
        raise NotFound("There is no such verification.", code="unknown_verification")
    return seen


def _refusal(refusal: Refusal) -> Answer:
    body: dict[str, Any] = {"reason": refusal.reason.value, "text": {"zh": refusal.text.zh, "en": refusal.text.en}}
    if refusal.excluded_by:
        body["excluded_by"] = refusal.excluded_by
    return Answer(body | {"detail": refusal.text.en}, refusal=refusal.reason.code)


def _refused(reason: RefusalReason, detail: str, **more: Any) -> Answer:
    return Answer({"reason": reason.value, "detail": detail, **more}, refusal=reason.code)


class _Full(Exception):
    """Leave the savepoint: the charge doesn't fit; carries the refusal that is answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.refusal)
        self.answer = answer


def _charge(
    session: Session,
    actor: PartnerActor,
    seen: Verification,
    card: Card,
    item: str,
    beneficiary: str,
    charge: Charge,
    now: datetime,
) -> Answer:
    line = Redemption(
        id=new_id("red"),
        kind="redeem",
        verification_id=seen.id,
        partner_id=actor.partner_id,
        site_id=actor.site_id,
        operator_id=actor.operator_id,
        card_id=card.id,
        subject=charge.key.subject,
        beneficiary=beneficiary,
        item=item,
        period_key=charge.key.period_key,
        unit=charge.unit.value,
        units=charge.units,
        tier=card.tier,
        catalogue_version=charge.version,
        details={"charge": dict(charge.record), "claim": _claim_json(charge)},
        created_at=now,
    )
    try:
        with session.begin_nested():
            _count_use(session, charge)
            _claim_choice(session, charge, item, now)
            _write_line(session, line)
    except _Full as full:
        return full.answer
    audit.record(session, now, actor, "redeemed", "redemption", line.id, item=item, card=card.id, units=line.units)
    return Answer(redemption_view(line))


def _claim_json(charge: Charge) -> dict[str, str] | None:
    if charge.claim is None:
        return None
    return {"group": charge.claim.group, "subject": charge.claim.subject, "period_key": charge.claim.period_key}


def _counter(subject: str, item: str, period_key: str) -> Any:
    return (
        (EntitlementCounter.subject == subject)
        & (EntitlementCounter.item == item)
        & (EntitlementCounter.period_key == period_key)
    )


def _count_use(session: Session, charge: Charge) -> None:
    """Count units within the quota. One statement decides the race for the last unit."""
    key = charge.key
    session.execute(
        insert(EntitlementCounter)
        .values(subject=key.subject, item=key.item, period_key=key.period_key, used=0, held=0)
        .on_conflict_do_nothing()
    )
    statement = (
        update(EntitlementCounter)
        .where(_counter(key.subject, key.item, key.period_key))
        .values(used=EntitlementCounter.used + charge.units)
    )
    if charge.quota is not None:
        statement = statement.where(EntitlementCounter.used + EntitlementCounter.held + charge.units <= charge.quota)
    if session.execute(statement.returning(EntitlementCounter.used)).scalar_one_or_none() is None:
        ends = rfc3339(charge.period.ends) if charge.period.ends else None
        raise _Full(
            _refused(RefusalReason.QUOTA_EXHAUSTED, "Nothing is left of this item in this period.", renews=ends)
        )


def _claim_choice(session: Session, charge: Charge, item: str, now: datetime) -> None:
    """Hold the exclusive choice, or find out which other item holds it."""
    claim = charge.claim
    if claim is None:
        return
    values = {"group": claim.group, "subject": claim.subject, "period_key": claim.period_key}
    session.execute(insert(ExclusiveChoice).values(item=item, chosen_at=now, **values).on_conflict_do_nothing())
    chosen = session.execute(select(ExclusiveChoice.item).filter_by(**values).with_for_update()).scalar_one()
    if chosen != item:
        told = f"{chosen} was chosen before, and only one of these may be had."
        raise _Full(_refused(RefusalReason.EXCLUDED_BY, told, excluded_by=chosen))


def _write_line(session: Session, line: Redemption) -> None:
    values = {column.key: getattr(line, column.key) for column in Redemption.__table__.columns}
    placed = session.execute(
        insert(Redemption).values(**values).on_conflict_do_nothing().returning(Redemption.id)
    ).scalar_one_or_none()
    if placed is None:
        raise _Full(_refused(RefusalReason.ALREADY_REDEEMED, "This verification was used for this item already."))


def redemption_view(line: Redemption) -> dict[str, Any]:
    """Show a line of the ledger to the partner that wrote it."""
    return {
        "id": line.id,
        "kind": line.kind,
        "item": line.item,
        "beneficiary": line.beneficiary,
        "unit": line.unit,
        "units": line.units,
        "period": line.period_key,
        "verification": line.verification_id,
        "origin": line.origin_id,
        "at": rfc3339(line.created_at),
    }


def reverse(
    parts: Collaborators,
    actor: PartnerActor,
    redemption_id: str,
    *,
    reason: str,
    units: int | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Take a redemption back, wholly or (amounts) in part, by a negative line in the period of the original."""
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            original = session.get(Redemption, redemption_id)
            if original is None or original.partner_id != actor.partner_id or original.kind != "redeem":
                raise NotFound("There is no such redemption.", code="unknown_redemption")
            need_scope(actor, f"redeem:{domain_of(original.item)}")
            # The counter row serialises reversals of one entitlement.
            session.execute(
                select(EntitlementCounter)
                .where(_counter(original.subject, original.item, original.period_key))
                .with_for_update()
            )
            before = session.execute(
                select(func.coalesce(func.sum(-Redemption.units), 0)).where(
                    Redemption.origin_id == original.id, Redemption.kind == "reverse"
                )
            ).scalar_one()
            answer = service_for(parts, original.item).reverse(
                ReversalRequest(original.item, original.units, original.created_at, now, int(before), units)
            )
            if isinstance(answer, Refusal):
                return _refusal(answer)
            return _take_back(session, actor, original, answer, reason, now)

        return once(session, retry, now, act)


def _take_back(
    session: Session, actor: PartnerActor, original: Redemption, units: int, reason: str, now: datetime
) -> Answer:
    line = Redemption(
        id=new_id("red"),
        kind="reverse",
        origin_id=original.id,
        verification_id=original.verification_id,
        partner_id=actor.partner_id,
        site_id=actor.site_id,
        operator_id=actor.operator_id,
        card_id=original.card_id,
        subject=original.subject,
        beneficiary=original.beneficiary,
        item=original.item,
        period_key=original.period_key,
        unit=original.unit,
        units=-units,
        tier=original.tier,
        catalogue_version=original.catalogue_version,
        details={},
        reason=reason,
        created_at=now,
    )
    session.add(line)
    left = session.execute(
        update(EntitlementCounter)
        .where(_counter(original.subject, original.item, original.period_key))
        .values(used=EntitlementCounter.used - units)
        .returning(EntitlementCounter.used + EntitlementCounter.held)
    ).scalar_one()
    claim = original.details.get("claim")
    if left == 0 and claim:
        session.query(ExclusiveChoice).filter_by(item=original.item, **claim).delete()
    audit.record(session, now, actor, "reversed", "redemption", line.id, origin=original.id, units=units)
    return Answer(redemption_view(line))


def list_own(parts: Collaborators, actor: PartnerActor, *, cursor: str | None = None) -> dict[str, Any]:
    """List the partner's own lines, newest first, by pages of a hundred."""
    query = select(Redemption).where(Redemption.partner_id == actor.partner_id)
    with unit_of_work(parts.sessions) as session:
        ensure_active(session, actor)
        if cursor is not None:
            last = session.get(Redemption, cursor)
            if last is None or last.partner_id != actor.partner_id:
                raise Invalid("This cursor is not one of ours; begin at the first page.", code="bad_cursor")
            before = (Redemption.created_at == last.created_at) & (Redemption.id < last.id)
            query = query.where((Redemption.created_at < last.created_at) | before)
        rows = session.execute(
            query.order_by(Redemption.created_at.desc(), Redemption.id.desc()).limit(PAGE + 1)
        ).scalars()
        shown = [redemption_view(row) for row in rows]
        more = len(shown) > PAGE
        return {"items": shown[:PAGE], "next": shown[PAGE - 1]["id"] if more else None}
