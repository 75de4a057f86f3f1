"""The one way in which an application moves: through the lifecycle's table, with its audit row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Forbidden, NotFound
from suchang.domain.ids import PersonId
from suchang.domain.lifecycle import SYSTEM as SYSTEM_OFFICE
from suchang.domain.lifecycle import (
    Actor,
    ApplicationEvent,
    ApplicationState,
    CaseFacts,
    Context,
    Refusal,
    Transition,
    advance,
)
from suchang.persistence.models import Application, Card, ConflictOfInterest, Deputation, Person
from suchang.workflows.application.lifecycle_facts import from_json, to_json
from suchang.workflows.application.notice_tiers import notice_tiers
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.notification import notifications
from suchang.workflows.runtime import actors
from suchang.workflows.runtime.collaborators import Collaborators

FORBIDDEN_CODES = frozenset({"four_eyes", "party_to_case", "others_required", "conflict_declared", "wrong_role"})


def person_of(index: bytes | None) -> PersonId:
    """Name a human being to the lifecycle: the blind index of their identity, equal for all their accounts."""
    if index is None:
        raise Conflict("Say first who you are: name and identity document.", code="identity_missing")
    return PersonId(index.hex())


def as_office(officer: actors.OfficerActor, role: Role) -> Actor:
    """Let an officer act in one of the roles that they hold; a deputy for whom they stand in."""
    officer.need(role)
    absent = person_of(officer.acts_for.person_index) if officer.acts_for is not None else None
    return Actor(person_of(officer.person_index), role, officer.scope, absent)


def as_applicant(person: Person) -> Actor:
    """Let a person act for themselves."""
    return Actor(person_of(person.identity_index), Role.APPLICANT)


def with_ties(session: Session, by: Actor, since: datetime) -> Actor:
    """Add to an officer everybody with whom a deputation makes them one person in a matter that began at a moment.

    The same ties as in the constraints of the database: by the days as they were entered, ended early or not.
    """
    if not by.is_officer:
        return by
    people = {bytes.fromhex(one) for one in by.named}
    found = session.execute(
        select(Deputation.officer_index, Deputation.deputy_index).where(
            Deputation.until_day >= local_date(since),
            or_(Deputation.officer_index.in_(people), Deputation.deputy_index.in_(people)),
        )
    )
    return replace(by, tied=frozenset(person_of(one) for pair in found for one in pair) - by.named)


def facts_of(application: Application) -> CaseFacts:
    """Return the lifecycle's facts of an application."""
    return from_json(CaseFacts, application.case)


def fresh_facts(session: Session, application: Application) -> CaseFacts:
    """Return the facts with what other tables know better now: a live card, a bar after a fraud, declared conflicts."""
    cards = session.execute(
        select(Card.state, Card.facts["barred_until"].astext).where(Card.person_id == application.person_id)
    ).all()
    bars = [date.fromisoformat(bar) for _, bar in cards if bar is not None]
    declared = session.execute(
        select(ConflictOfInterest.person_index).where(ConflictOfInterest.application_id == application.id)
    ).scalars()
    return replace(
        facts_of(application),
        has_live_card=any(state in ("active", "suspended") for state, _ in cards),
        barred_until=max(bars, default=None),
        conflicts=frozenset(person_of(one) for one in declared),
    )


def load_for_update(session: Session, application_id: str) -> Application:
    """Load and lock an application; two officers who act at once queue up here."""
    row = session.execute(
        select(Application).where(Application.id == application_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such application.")
    return row


def load_in_scope(session: Session, officer: actors.OfficerActor, application_id: str) -> Application:
    """Load and lock an application that this officer may see; any other looks as if there were none.

    Nor is a draft: what somebody has not submitted is nobody else's business.
    """
    submitted = Application.state != ApplicationState.DRAFT.value
    query = select(Application).where(Application.id == application_id, submitted)
    if officer.city is not None:
        query = query.where(Application.city == officer.city)
    row = session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such application.")
    return row


def check_version(application: Application, version: int | None) -> None:
    """Refuse an act that was decided on an older state of the case."""
    if version is not None and version != application.version:
        raise Conflict("Somebody else changed this case in the meantime; load it again.", code="changed_meanwhile")


def move(
    collaborators: Collaborators,
    session: Session,
    now: datetime,
    application: Application,
    event: ApplicationEvent,
    *,
    by: Actor,
    actor: actors.Actor,
    note: dict[str, Any] | None = None,
    **act: Any,
) -> Transition:
    """Put an event through the table, store what follows, write the audit row, and let the live card follow.

    ``act`` are the further fields of ``Context``. Raises Forbidden or Conflict with the guard's code and sentence.
    """
    context = Context(
        case=fresh_facts(session, application),
        actor=with_ties(session, by, application.created_at),
        moment=now,
        days=collaborators.working_days,
        limits=collaborators.limits,
        notice_tiers=notice_tiers(session),
        **act,
    )
    answer = advance(ApplicationState(application.state), event, context)
    if isinstance(answer, Refusal):
        kind = Forbidden if answer.code in FORBIDDEN_CODES else Conflict
        raise kind(answer.en, code=answer.code)
    store(application, answer, now)
    notifications.tell(session, application, answer, now)
    audit_rows.record(
        session,
        now,
        actor,
        f"application_{event.value}",
        "application",
        application.id,
        source=answer.source.value,
        target=answer.target.value,
        **(note or {}),
    )
    collaborators.cards.follow(collaborators, session, application, answer, now)
    return answer


def store(application: Application, answer: Transition, now: datetime) -> None:
    """Write a transition's state and facts into the row, with the columns that queues filter by."""
    case = answer.case
    application.state = answer.target.value
    application.case = to_json(case)
    application.round = case.round
    application.tier = case.tier
    application.due_on = case.deadline.due if case.deadline is not None and not case.deadline.paused else None
    if case.claimed_by is None:
        application.claimed_by = None
    application.updated_at = now


__all__ = [
    "SYSTEM_OFFICE",
    "as_applicant",
    "as_office",
    "check_version",
    "facts_of",
    "fresh_facts",
    "load_for_update",
    "load_in_scope",
    "move",
    "person_of",
    "store",
    "with_ties",
]
