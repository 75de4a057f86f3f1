"""An applicant prepares, submits, withdraws and appeals an application."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import CITIES
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, CaseFacts, Kind, renewal_opens
from suchang.domain.people.spelling import compact
from suchang.persistence.models import (
    Application,
    AuditEvent,
    Card,
    Decision,
    DeterminationRecord,
    Employer,
    Evidence,
    Person,
    Review,
)
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application import determine
from suchang.workflows.application.employment import has_contact
from suchang.workflows.application.fact_checks import provenance
from suchang.workflows.application.lifecycle_facts import to_json
from suchang.workflows.application.transitions import as_applicant, move, person_of
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer, Retry, once

EDITABLE = frozenset({ApplicationState.DRAFT, ApplicationState.SUPPLEMENT_REQUESTED})
ENDED = ("issued", "rejected", "withdrawn", "lapsed")
MAX_EVIDENCE = 60


def employer_view(employer: Employer | None) -> dict[str, Any] | None:
    """Show an employer."""
    if employer is None:
        return None
    return {"uscc": employer.uscc, "name": employer.name, "city": employer.city}


def determination_view(row: DeterminationRecord | None) -> dict[str, Any] | None:
    """Show a stored determination with its exact result, and the same in English where that was kept."""
    if row is None:
        return None
    return {
        "id": row.id,
        "occasion": row.occasion,
        "at": rfc3339(row.created_at),
        "result": json.loads(row.canonical),
        "english": json.loads(row.english) if row.english else None,
    }


def piece_view(session: Session, piece: Evidence, today: date) -> dict[str, Any]:
    """Show a piece of evidence, and of each of its facts where it comes from and whether its check stands."""
    facts = provenance(session, piece, today)
    last = max((one for one in facts if one.at is not None), key=lambda one: str(one.at), default=None)
    return {
        "id": piece.id,
        "title": piece.title,
        "facts": piece.facts,
        "origin": piece.origin,
        "checked": bool(facts) and all(one.checked for one in facts),
        "checked_source": last.source if last is not None else None,
        "signatures": piece.file_signatures or [],
        "check_void": any(one.void for one in facts),
        "file_type": piece.file_type,
        "provenance": [
            {
                "fact": one.fact,
                "origin": one.origin,
                "document": one.document,
                "checked": one.checked,
                "void": one.void,
                "how": one.how,
                "source": one.source,
                "at": rfc3339(one.at) if one.at else None,
                "holds_until": one.holds_until.isoformat() if one.holds_until else None,
            }
            for one in facts
        ],
    }


def application_view(session: Session, application: Application, today: date | None = None) -> dict[str, Any]:
    """Show an application to its applicant."""
    today = today or local_date(application.updated_at)
    employer = session.get(Employer, application.employer_id) if application.employer_id else None
    card = session.execute(
        select(Card.id).where(Card.application_id == application.id).order_by(Card.issued_at.desc()).limit(1)
    ).scalar_one_or_none()
    return {
        "id": application.id,
        "state": application.state,
        "kind": application.kind,
        "city": application.city,
        "employer": employer_view(employer),
        "evidence": [piece_view(session, piece, today) for piece in determine.evidence_of(session, application.id)],
        "determination": determination_view(determine.latest(session, application.id)),
        "due_on": application.due_on.isoformat() if application.due_on else None,
        "missing": application.case.get("missing", []),
        "submitted_at": rfc3339(application.submitted_at) if application.submitted_at else None,
        "history": history(session, application.id),
        "decisions": decisions_view(session, application.id),
        "card": card,
        "version": application.version,
    }


def history(session: Session, application_id: str) -> list[dict[str, Any]]:
    """List what happened to an application, oldest first, without saying who in the office it was."""
    rows = session.execute(
        select(AuditEvent).where(AuditEvent.subject_id == application_id).order_by(AuditEvent.id)
    ).scalars()
    return [
        {"at": rfc3339(row.at), "action": row.action, "state": row.data.get("target")}
        for row in rows
        if row.action.startswith("application_")
    ]


def decisions_view(session: Session, application_id: str) -> list[dict[str, Any]]:
    """List reviews and decisions with their reasons, oldest first."""
    shown: list[tuple[datetime, dict[str, Any]]] = []
    for review in session.execute(select(Review).where(Review.application_id == application_id)).scalars():
        act = {"act": "review", "outcome": review.outcome, "tier": review.tier, "reason": review.reason}
        shown.append((review.created_at, act))
    for made in session.execute(select(Decision).where(Decision.application_id == application_id)).scalars():
        act = {"act": "decision", "outcome": made.outcome, "tier": made.tier, "reason": made.reason, "rule": made.rule}
        shown.append((made.created_at, act))
    return [{"at": rfc3339(at), **act} for at, act in sorted(shown, key=lambda one: one[0])]


def _own(session: Session, actor: HolderActor, application_id: str) -> Application:
    row = session.execute(
        select(Application)
        .where(Application.id == application_id, Application.person_id == actor.person_id)
        .with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("You have no such application.")
    return row


def start(
    collaborators: Collaborators,
    actor: HolderActor,
    *,
    city: str,
    employer_uscc: str | None,
    facts: Mapping[str, Any] | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Open a draft; facts given here become the first piece of evidence. One open application a person."""
    if city not in CITIES:
        raise Invalid("Choose one of the 13 cities by its GB/T 2260 code, such as 320100.", code="unknown_city")
    if facts:
        collaborators.engine.parse_facts(facts)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:

        def act() -> Answer:
            person = session.get_one(Person, actor.person_id, with_for_update=True)
            applicant = person_of(person.identity_index)
            _refuse_second(session, person.id)
            employer = _employer(session, employer_uscc)
            case = CaseFacts(
                applicant=applicant,
                city=city,
                employer_confirms=employer is not None and has_contact(session, employer.id),
            )
            live = _live_card(session, person.id)
            if live is not None:
                # Whoever holds a card can only be renewing it; the table says from which day on.
                opens = renewal_opens(live.valid_until, collaborators.limits)
                case = replace(case, kind=Kind.RENEWAL, has_live_card=True, replaces_card=True, renews_from=opens)
            row = Application(
                id=new_id("app"),
                person_id=person.id,
                employer_id=employer.id if employer else None,
                city=city,
                state=ApplicationState.DRAFT.value,
                kind=case.kind.value,
                case=to_json(case),
                created_at=now,
                updated_at=now,
            )
            session.add(row)
            session.flush()
            audit_rows.record(session, now, actor, "application_started", "application", row.id, target=row.state)
            if facts:
                _add_evidence(session, row, "Facts given at the start", facts, now)
            session.flush()
            return Answer(application_view(session, row))

        return once(session, retry, now, act)


def _refuse_second(session: Session, person_id: str) -> None:
    open_one = session.execute(
        select(Application.id).where(Application.person_id == person_id, Application.state.not_in(ENDED))
    ).first()
    if open_one:
        raise Conflict("You have an open application already; finish or withdraw it.", code="application_open")


def _live_card(session: Session, person_id: str) -> Card | None:
    return session.execute(
        select(Card).where(Card.person_id == person_id, Card.state.in_(("active", "suspended")))
    ).scalar_one_or_none()


def _employer(session: Session, uscc: str | None) -> Employer | None:
    if uscc is None:
        return None
    employer = session.execute(select(Employer).where(Employer.uscc == compact(uscc))).scalar_one_or_none()
    if employer is None:
        raise Invalid(
            "No employer with this credit code is on file; check it, or have it registered at a service window.",
            code="unknown_employer",
        )
    return employer


def _add_evidence(
    session: Session, application: Application, title: str, facts: Mapping[str, Any], now: datetime
) -> str:
    piece = Evidence(
        id=new_id("evi"),
        application_id=application.id,
        title=title,
        facts=dict(facts),
        origin="applicant",
        created_at=now,
    )
    session.add(piece)
    session.flush()
    return piece.id


def add_evidence(
    collaborators: Collaborators,
    actor: HolderActor,
    application_id: str,
    *,
    title: str,
    facts: Mapping[str, Any],
    retry: Retry | None = None,
) -> Answer:
    """Add a piece of evidence to a draft, or to an application that waits for a supplement."""
    collaborators.engine.parse_facts(facts)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:

        def act() -> Answer:
            application = _editable(session, actor, application_id)
            if len(determine.evidence_of(session, application.id)) >= MAX_EVIDENCE:
                raise Conflict(f"An application holds at most {MAX_EVIDENCE} pieces of evidence.", code="too_much")
            piece = _add_evidence(session, application, title, facts, now)
            audit_rows.record(session, now, actor, "evidence_added", "evidence", piece, application=application.id)
            return Answer({"id": piece, "title": title, "facts": dict(facts), "origin": "applicant", "checked": False})

        return once(session, retry, now, act)


def remove_evidence(collaborators: Collaborators, actor: HolderActor, application_id: str, evidence_id: str) -> None:
    """Take a piece of evidence back while the application can still be edited."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = _editable(session, actor, application_id)
        piece = session.get(Evidence, evidence_id)
        if piece is None or piece.application_id != application.id or piece.removed_at is not None:
            raise NotFound("There is no such piece of evidence.")
        piece.removed_at = now
        audit_rows.record(session, now, actor, "evidence_removed", "evidence", piece.id, application=application.id)


def _editable(session: Session, actor: HolderActor, application_id: str) -> Application:
    application = _own(session, actor, application_id)
    if ApplicationState(application.state) not in EDITABLE:
        raise Conflict("Evidence can be changed in a draft or when a supplement is asked for.", code="not_editable")
    return application


def submit(collaborators: Collaborators, actor: HolderActor, application_id: str) -> dict[str, Any]:
    """Submit a draft, or hand in a supplement; the engine determines, and its result is kept beside the case."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = _own(session, actor, application_id)
        person = session.get_one(Person, actor.person_id)
        supplement = application.state == ApplicationState.SUPPLEMENT_REQUESTED.value
        found = determine.determine(
            collaborators, session, application, "supplement" if supplement else "submission", now
        )
        result = json.loads(found.canonical)
        application.track = result.get("track")
        event = ApplicationEvent.SUPPLY if supplement else ApplicationEvent.SUBMIT
        documents = frozenset(application.case.get("missing", [])) if supplement else frozenset()
        move(
            collaborators,
            session,
            now,
            application,
            event,
            by=as_applicant(person),
            actor=actor,
            note={"determination": found.id, "tier": found.tier},
            documents=documents,
        )
        application.submitted_at = application.submitted_at or now
        session.flush()
        return application_view(session, application)


def withdraw(collaborators: Collaborators, actor: HolderActor, application_id: str) -> dict[str, Any]:
    """Withdraw an application before it is approved."""
    return _simple(collaborators, actor, application_id, ApplicationEvent.WITHDRAW)


def appeal(collaborators: Collaborators, actor: HolderActor, application_id: str, reason: str) -> dict[str, Any]:
    """Appeal a rejection; the next round goes to others."""
    return _simple(collaborators, actor, application_id, ApplicationEvent.APPEAL, reason=reason)


def _simple(
    collaborators: Collaborators, actor: HolderActor, application_id: str, event: ApplicationEvent, **act: Any
) -> dict[str, Any]:
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = _own(session, actor, application_id)
        person = session.get_one(Person, actor.person_id)
        move(collaborators, session, now, application, event, by=as_applicant(person), actor=actor, **act)
        session.flush()
        return application_view(session, application)


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List the signed-in person's applications, newest first."""
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(
            select(Application)
            .where(Application.person_id == actor.person_id)
            .order_by(Application.created_at.desc(), Application.id)
        ).scalars()
        return [application_view(session, row) for row in rows]


def show(collaborators: Collaborators, actor: HolderActor, application_id: str) -> dict[str, Any]:
    """Show one of the signed-in person's applications."""
    with unit_of_work(collaborators.sessions) as session:
        return application_view(session, _own(session, actor, application_id))
