"""Employers confirm employments and file departures, through a person whom an officer appointed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain import lifecycle
from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, CardEvent, CardFacts
from suchang.persistence.models import (
    Application,
    Card,
    Employer,
    EmployerContact,
    EmploymentConfirmation,
    Person,
)
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.lifecycle_facts import from_json
from suchang.workflows.application.transitions import move, person_of
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.card import cards
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

LISTED = 200


def appoint(collaborators: Collaborators, officer: OfficerActor, uscc: str, *, phone: str) -> dict[str, Any]:
    """Let an officer name the person, found by their phone, who speaks for an employer."""
    officer.need(Role.SPECIALIST, Role.SUPERVISOR, Role.ADMINISTRATOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        employer = session.execute(select(Employer).where(Employer.uscc == uscc)).scalar_one_or_none()
        if employer is None or officer.city not in (None, employer.city):
            raise NotFound("There is no such employer.")
        person = session.execute(select(Person).where(Person.phone == phone)).scalar_one_or_none()
        if person is None or person.identity_index is None:
            raise Invalid("Nobody with this phone has signed in and said who they are.", code="person_not_found")
        row = session.get(EmployerContact, (employer.id, person.id))
        if row is None:
            row = EmployerContact(
                employer_id=employer.id, person_id=person.id, appointed_by=officer.officer_id, created_at=now
            )
            session.add(row)
        row.ended_at, row.appointed_by = None, officer.officer_id
        audit_rows.record(session, now, officer, "contact_appointed", "employer", employer.id, person=person.id)
        return {"employer": employer.uscc, "person": person.id}


def _employer_of(session: Session, actor: HolderActor, uscc: str) -> tuple[Employer, lifecycle.Actor]:
    row = session.execute(
        select(Employer, Person)
        .join(EmployerContact, EmployerContact.employer_id == Employer.id)
        .join(Person, Person.id == EmployerContact.person_id)
        .where(
            Employer.uscc == uscc,
            EmployerContact.person_id == actor.person_id,
            EmployerContact.ended_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("You don't speak for such an employer.")
    return row[0], lifecycle.Actor(person_of(row[1].identity_index), Role.EMPLOYER)


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List the employers for which the signed-in person speaks."""
    query = (
        select(Employer.uscc, Employer.name)
        .join(EmployerContact, EmployerContact.employer_id == Employer.id)
        .where(EmployerContact.person_id == actor.person_id, EmployerContact.ended_at.is_(None))
        .order_by(Employer.name, Employer.uscc)
    )
    with unit_of_work(collaborators.sessions) as session:
        return [{"uscc": uscc, "name": name} for uscc, name in session.execute(query)]


def staff(
    collaborators: Collaborators, actor: HolderActor, uscc: str, *, search: str | None = None
) -> list[dict[str, Any]]:
    """List the holders on file with an employer by name; of those who have left, the day by which the card moves.

    ``search`` is the begin of a name.
    """
    with unit_of_work(collaborators.sessions) as session:
        employer, _ = _employer_of(session, actor, uscc)
        query = (
            select(Card, Person.name)
            .join(Application, Application.id == Card.application_id)
            .join(Person, Person.id == Card.person_id)
            .where(Application.employer_id == employer.id, Card.state.in_(("active", "suspended")))
        )
        if search:
            query = query.where(Person.name.startswith(search, autoescape=True))
        rows = session.execute(query.order_by(Person.name, Card.number).limit(LISTED)).all()
        left = [from_json(CardFacts, card.facts).move_deadline for card, _ in rows]
        return [
            {
                "number": card.number,
                "name": name,
                "tier": card.tier,
                "state": card.state,
                "own": card.person_id == actor.person_id,
                "move_by": deadline.due.isoformat() if deadline else None,
            }
            for (card, name), deadline in zip(rows, left, strict=True)
        ]


def waiting(collaborators: Collaborators, actor: HolderActor, uscc: str) -> list[dict[str, Any]]:
    """List the applications that wait for this employer's word."""
    with unit_of_work(collaborators.sessions) as session:
        employer, _ = _employer_of(session, actor, uscc)
        rows = session.execute(
            select(Application, Person.name)
            .join(Person, Person.id == Application.person_id)
            .where(
                Application.employer_id == employer.id,
                Application.state == ApplicationState.AWAITING_EMPLOYER.value,
            )
            .order_by(Application.due_on, Application.id)
        )
        return [
            {
                "application": row.id,
                "name": name,
                "due_on": row.due_on.isoformat() if row.due_on else None,
                "submitted_at": rfc3339(row.submitted_at) if row.submitted_at else None,
            }
            for row, name in rows
        ]


def answer(
    collaborators: Collaborators,
    actor: HolderActor,
    uscc: str,
    application_id: str,
    *,
    employed: bool,
    reason: str = "",
) -> dict[str, Any]:
    """Confirm an employment, or send the application back with a reason."""
    now = collaborators.clock()
    event = ApplicationEvent.CONFIRM_EMPLOYMENT if employed else ApplicationEvent.DECLINE_EMPLOYMENT
    with unit_of_work(collaborators.sessions) as session:
        employer, by = _employer_of(session, actor, uscc)
        application = session.execute(
            select(Application)
            .where(Application.id == application_id, Application.employer_id == employer.id)
            .with_for_update()
        ).scalar_one_or_none()
        if application is None or application.state == ApplicationState.DRAFT.value:
            raise NotFound("No such application waits for this employer.")
        move(collaborators, session, now, application, event, by=by, actor=actor, reason=reason)
        return {"application": application.id, "state": application.state}


def file_departure(collaborators: Collaborators, actor: HolderActor, uscc: str, *, number: str) -> dict[str, Any]:
    """Say that a holder has left: the card is suspended until a new employer confirms, or ends in time."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        employer, by = _employer_of(session, actor, uscc)
        card = _card(session, number)
        application = session.get_one(Application, card.application_id)
        if application.employer_id != employer.id:
            raise NotFound("No holder of such a card is on file with this employer.")
        cards.move_card(
            collaborators,
            session,
            card,
            CardEvent.FILE_DEPARTURE,
            now,
            by=by,
            actor=actor,
            because=None,
            reason="departure",
        )
        return {"number": card.number, "state": card.state}


def confirm_arrival(collaborators: Collaborators, actor: HolderActor, uscc: str, *, number: str) -> dict[str, Any]:
    """Say that a holder works here now; an approver then moves the card."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        employer, _ = _employer_of(session, actor, uscc)
        card = _card(session, number)
        row = EmploymentConfirmation(
            id=new_id("emc"), card_id=card.id, employer_id=employer.id, confirmed_by=actor.person_id, created_at=now
        )
        if card.person_id == actor.person_id:
            raise Invalid("Holders can't confirm their own employment.", code="party_to_case")
        session.add(row)
        audit_rows.record(session, now, actor, "employment_confirmed", "card", card.id, employer=employer.id)
        return {"number": card.number, "employer": employer.uscc}


def _card(session: Session, number: str) -> Card:
    card = session.execute(
        select(Card).where(Card.number == number.upper().replace(" ", "")).with_for_update()
    ).scalar_one_or_none()
    if card is None:
        raise NotFound("No holder of such a card is on file with this employer.")
    return card
