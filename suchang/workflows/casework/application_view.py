"""What the office sees of a case: what the applicant sees, the determinations, who changed it last."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.people.identity import mask_name
from suchang.persistence.models import Application, AuditEvent, DeterminationRecord, Officer, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application import determine
from suchang.workflows.application.applications import application_view, determination_view
from suchang.workflows.application.fact_checks import unchecked
from suchang.workflows.application.transitions import load_in_scope
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators


def case_view(session: Session, application: Application, today: date | None = None) -> dict[str, Any]:
    """Show a case to an officer: what the applicant sees, and what the office adds."""
    person = session.get_one(Person, application.person_id)
    rows = session.execute(
        select(DeterminationRecord)
        .where(DeterminationRecord.application_id == application.id)
        .order_by(DeterminationRecord.created_at)
    ).scalars()
    found = determine.latest(session, application.id)
    today = today or local_date(application.updated_at)
    return application_view(session, application, today) | {
        "unchecked": unchecked(session, application.id, found.id, found.tier, today) if found is not None else [],
        "name": mask_name(person.name),
        "birth_year": person.birth_date.year if person.birth_date else None,
        "claimed_by": application.claimed_by,
        "round": application.round,
        "determinations": [determination_view(row) for row in rows],
    }


def show(collaborators: Collaborators, officer: OfficerActor, application_id: str) -> dict[str, Any]:
    """Show one case in the officer's scope."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    with unit_of_work(collaborators.sessions) as session:
        today = local_date(collaborators.clock())
        return case_view(session, load_in_scope(session, officer, application_id), today)


def last_change(collaborators: Collaborators, officer: OfficerActor, application_id: str) -> dict[str, Any] | None:
    """Tell who in the office moved a case last, when and how, for a colleague who acted on what had been before."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        row = session.execute(
            select(AuditEvent, Officer.name)
            .outerjoin(Officer, Officer.id == AuditEvent.actor_id)
            .where(AuditEvent.subject_id == application.id, AuditEvent.action.startswith("application_"))
            .order_by(AuditEvent.id.desc())
            .limit(1)
        ).first()
        return None if row is None else {"action": row[0].action, "at": rfc3339(row[0].at), "name": row[1]}
