"""Officers suspend, restore and revoke cards; holders report them lost. Effective online with the commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain import lifecycle
from suchang.domain.account.roles import Role
from suchang.domain.clock import SHANGHAI
from suchang.domain.errors import Conflict, Forbidden, NotFound
from suchang.domain.lifecycle import (
    CardContext,
    CardEvent,
    CardFacts,
    CardReason,
    CardState,
    Refusal,
    Transition,
    advance_card,
)
from suchang.domain.partner.webhooks import WebhookEvent
from suchang.persistence.models import Application, Card, Credential, EmploymentConfirmation, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.lifecycle_facts import from_json, to_json
from suchang.workflows.application.transitions import FORBIDDEN_CODES, as_office, person_of, with_ties
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.credential import status_lists
from suchang.workflows.credential.credentials import REVOKED, SUSPENDED, card_view, live_card
from suchang.workflows.partner import webhooks
from suchang.workflows.redemption import confirm_release_reverse
from suchang.workflows.runtime import actors
from suchang.workflows.runtime.collaborators import Collaborators

# What was reserved in time may be confirmed after a card has ended, but not after these.
_RELEASES = {CardReason.FRAUD, CardReason.COMPROMISE}
_TOLD = {CardState.ACTIVE: WebhookEvent.RESTORED, CardState.SUSPENDED: WebhookEvent.SUSPENDED}
_LIST_STATUS = {CardState.ACTIVE: 0, CardState.SUSPENDED: SUSPENDED}


def card_office(officer: actors.OfficerActor) -> lifecycle.Actor:
    """Return the office in which an officer looks after cards; raises Forbidden for none."""
    role = next((one for one in (Role.APPROVER, Role.SUPERVISOR, Role.REVIEWER) if one in officer.roles), None)
    if role is None:
        raise Forbidden("Your office does not allow this.")
    return as_office(officer, role)


def card_of_office(session: Session, officer: actors.OfficerActor, card_id: str) -> Card:
    """Lock a card of the officer's cities; NotFound for another city's as for none."""
    query = select(Card).where(Card.id == card_id)
    if officer.city is not None:
        query = query.where(Card.city == officer.city)
    card = session.execute(query.with_for_update()).scalar_one_or_none()
    if card is None:
        raise NotFound("There is no such card.")
    return card


def change(
    collaborators: Collaborators,
    officer: actors.OfficerActor,
    card_id: str,
    event: CardEvent,
    *,
    because: CardReason | None,
    reason: str,
) -> dict[str, Any]:
    """Let an officer suspend, restore or revoke a card of their cities."""
    by, now = card_office(officer), collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card = card_of_office(session, officer, card_id)
        move_card(collaborators, session, card, event, now, by=by, actor=officer, because=because, reason=reason)
        session.flush()
        return card_view(session, card, session.get_one(Person, card.person_id))


def move_employer(
    collaborators: Collaborators, officer: actors.OfficerActor, card_id: str, *, reason: str
) -> dict[str, Any]:
    """Let an approver move a departed holder's card to the employer that has confirmed them since."""
    by, now = as_office(officer, Role.APPROVER), collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card = card_of_office(session, officer, card_id)
        facts = from_json(CardFacts, card.facts)
        confirmed = _confirmed_since_departure(session, card, facts)
        move_card(
            collaborators, session, card, CardEvent.MOVE_EMPLOYER, now,
            by=by, actor=officer, because=None, reason=reason,
            employer_confirmed=confirmed is not None,
        )  # fmt: skip
        if confirmed is not None:
            session.get_one(Application, card.application_id).employer_id = confirmed.employer_id
        session.flush()
        return card_view(session, card, session.get_one(Person, card.person_id))


def _confirmed_since_departure(session: Session, card: Card, facts: CardFacts) -> EmploymentConfirmation | None:
    if facts.move_deadline is None:
        return None
    left = datetime.combine(facts.move_deadline.started, time(), SHANGHAI)
    return session.execute(
        select(EmploymentConfirmation)
        .where(EmploymentConfirmation.card_id == card.id, EmploymentConfirmation.created_at >= left)
        .order_by(EmploymentConfirmation.created_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def report_lost(collaborators: Collaborators, actor: actors.HolderActor, *, reason: str) -> dict[str, Any]:
    """Suspend one's own card because the phone or the print is gone."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card = live_card(session, actor.person_id, lock=True)
        person = session.get_one(Person, actor.person_id)
        by = lifecycle.Actor(person_of(person.identity_index), Role.HOLDER)
        move_card(
            collaborators, session, card, CardEvent.REPORT_LOST, now, by=by, actor=actor, because=None, reason=reason
        )
        session.flush()
        return card_view(session, card, person)


def move_card(
    collaborators: Collaborators,
    session: Session,
    card: Card,
    event: CardEvent,
    now: datetime,
    *,
    by: lifecycle.Actor,
    actor: actors.Actor,
    because: CardReason | None,
    reason: str,
    employer_confirmed: bool = False,
) -> None:
    """Put an event through the card's table, with the status entries of its credentials and the audit row."""
    context = CardContext(
        card=from_json(CardFacts, card.facts),
        actor=with_ties(session, by, card.issued_at),
        moment=now,
        days=collaborators.working_days,
        limits=collaborators.limits,
        because=because,
        reason=reason,
        employer_confirmed=employer_confirmed,
    )
    answer = advance_card(CardState(card.state), event, context)
    if isinstance(answer, Refusal):
        kind = Forbidden if answer.code in FORBIDDEN_CODES else Conflict
        raise kind(answer.en, code=answer.code)
    card.state, card.facts = answer.target.value, to_json(answer.card)
    if answer.target is not answer.source:
        status = _LIST_STATUS.get(answer.target, REVOKED)
        held = session.execute(
            select(Credential).where(Credential.card_id == card.id, Credential.revoked_at.is_(None))
        ).scalars()
        for credential in held:
            if credential.status_list is not None and credential.status_index is not None:
                status_lists.set_status(session, credential.status_list, credential.status_index, status, now)
            if status == REVOKED:
                credential.revoked_at = now
        webhooks.announce(session, card.id, _TOLD.get(answer.target, WebhookEvent.ENDED), now)
    if because in _RELEASES:
        confirm_release_reverse.release_for_card(session, actor, card.id, now, reason=because.value)
    audit_rows.record(
        session,
        now,
        actor,
        f"card_{event.value}",
        "card",
        card.id,
        source=answer.source.value,
        target=answer.target.value,
    )


def follow(
    collaborators: Collaborators, session: Session, application: Application, answer: Transition, now: datetime
) -> None:
    """Do to the applicant's live card what a step of the application demands of it."""
    if answer.card is None:
        return
    event, because = answer.card
    card = session.execute(
        select(Card)
        .where(Card.person_id == application.person_id, Card.state.in_(("active", "suspended")))
        .with_for_update()
    ).scalar_one_or_none()
    if card is None:
        return
    if event is CardEvent.SUSPEND and card.state == CardState.SUSPENDED.value:
        # Already out of use; from now on it waits for the new decision, whatever the first reason was.
        card.facts = to_json(replace(from_json(CardFacts, card.facts), reason=because))
        return
    move_card(
        collaborators,
        session,
        card,
        event,
        now,
        by=lifecycle.SYSTEM,
        actor=actors.SYSTEM,
        because=because,
        reason=f"application_{answer.event.value}",
    )


def list_cards(
    collaborators: Collaborators, officer: actors.OfficerActor, *, search: str | None = None
) -> list[dict[str, Any]]:
    """List the newest cards that an officer may see, or those with a number or holder's name that begins so."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    query = select(Card, Person).join(Person, Person.id == Card.person_id)
    if officer.city is not None:
        query = query.where(Card.city == officer.city)
    if search:
        begins = Card.number.startswith(search.upper().replace(" ", ""), autoescape=True)
        query = query.where(begins | Person.name.startswith(search, autoescape=True))
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(Card.issued_at.desc(), Card.id).limit(100)).all()
        return [card_view(session, card, person) for card, person in rows]
