"""The rows of public notices and of the answers to objections, beside the case that the lifecycle moves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent
from suchang.persistence.models import Application, Objection, ObjectionAnswer, PublicNotice
from suchang.workflows.application import determine
from suchang.workflows.application.transitions import facts_of
from suchang.workflows.runtime.actors import OfficerActor

ANSWERS = {
    ApplicationEvent.DISMISS_OBJECTION: "dismissed",
    ApplicationEvent.UPHOLD_OBJECTION: "upheld",
}


def published_tier(session: Session, application: Application, tier: str | None) -> str:
    """Return the tier that a notice names: the one given, or the one that was determined last."""
    found = determine.latest(session, application.id)
    named = tier or (found.tier if found is not None else None)
    if named is None:
        raise Invalid("No tier was determined; name the tier that the notice is about.", code="tier_required")
    return named


def keep_notice(session: Session, application: Application, officer: OfficerActor, now: datetime) -> None:
    """Write the row of a notice that was just published."""
    facts = facts_of(application)
    if facts.notice_tier is None or facts.notice_ends is None:
        raise Conflict("No notice was published.", code="not_now")
    session.add(
        PublicNotice(
            id=new_id("ntc"),
            application_id=application.id,
            round=application.round,
            attempt=facts.attempt,
            tier=facts.notice_tier,
            officer_id=officer.officer_id,
            person_index=officer.person_index,
            published_at=now,
            ends=facts.notice_ends,
        )
    )


def open_objections(session: Session, application_id: str, turn: int) -> list[Objection]:
    """List the objections of a round that nobody has answered, oldest first."""
    query = (
        select(Objection)
        .outerjoin(ObjectionAnswer, ObjectionAnswer.objection_id == Objection.id)
        .where(Objection.application_id == application_id, Objection.round == turn)
        .where(ObjectionAnswer.objection_id.is_(None))
        .order_by(Objection.created_at, Objection.id)
    )
    return list(session.execute(query).scalars())


def answer_objections(
    session: Session,
    application: Application,
    officer: OfficerActor,
    turn: int,
    event: ApplicationEvent,
    objection: str | None,
    reason: str,
    now: datetime,
) -> None:
    """Write the answer to one objection; what is upheld answers all that are open, because the round ends with it."""
    waiting = open_objections(session, application.id, turn)
    if objection is not None and objection not in {one.id for one in waiting}:
        raise NotFound("There is no such open objection.")
    if event is ApplicationEvent.DISMISS_OBJECTION:
        waiting = [one for one in waiting if objection in (None, one.id)][:1]
    for one in waiting:
        session.add(
            ObjectionAnswer(
                objection_id=one.id,
                outcome=ANSWERS[event],
                officer_id=officer.officer_id,
                person_index=officer.person_index,
                reason=reason,
                created_at=now,
            )
        )
