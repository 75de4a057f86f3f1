"""The queue of cases in an officer's scope: filters, search, deadlines, and how much each colleague has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Invalid
from suchang.domain.lifecycle import ApplicationState
from suchang.domain.lifecycle.working_days import RED_WITHIN, add_working_days
from suchang.domain.people.identity import mask_name
from suchang.persistence.models import Application, Officer, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

PAGE = 50


def queue(
    collaborators: Collaborators,
    officer: OfficerActor,
    *,
    state: str | None = None,
    search: str | None = None,
    mine: bool = False,
    city: str | None = None,
    track: str | None = None,
    kind: str | None = None,
    due: str | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List the applications that this officer may see, most urgent first, by pages of fifty.

    ``due`` is ``passed`` for limits that are over, or ``soon`` for those that end within two working days.
    """
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    order = func.coalesce(Application.due_on, func.date("9999-12-31"))
    query = select(Application, Person).join(Person, Person.id == Application.person_id)
    query = query.where(Application.state != ApplicationState.DRAFT.value)
    if officer.city is not None:
        query = query.where(Application.city == officer.city)
    if state is not None:
        query = query.where(Application.state == state)
    for column, value in ((Application.city, city), (Application.track, track), (Application.kind, kind)):
        if value is not None:
            query = query.where(column == value)
    if due is not None:
        query = query.where(_due(collaborators, due))
    if mine:
        query = query.where(Application.claimed_by.in_([officer.officer_id, officer.on_behalf_of]))
    if search:
        query = query.where(or_(Person.name.startswith(search, autoescape=True), Application.id == search))
    with unit_of_work(collaborators.sessions) as session:
        if cursor is not None:
            last = session.get(Application, cursor)
            if last is None or (officer.city is not None and last.city != officer.city):
                raise Invalid("This cursor is not one of ours; begin at the first page.", code="bad_cursor")
            at = func.coalesce(last.due_on, func.date("9999-12-31"))
            query = query.where(or_(order > at, (order == at) & (Application.id > last.id)))
        rows = session.execute(query.order_by(order, Application.id).limit(PAGE + 1)).all()
        more = len(rows) > PAGE
        shown = [_queue_row(application, person) for application, person in rows[:PAGE]]
        return {"items": shown, "next": shown[-1]["id"] if more else None}


def _due(collaborators: Collaborators, due: str) -> ColumnElement[bool]:
    today = local_date(collaborators.clock())
    if due == "passed":
        return Application.due_on < today
    if due == "soon":
        last, _ = add_working_days(today, RED_WITHIN, collaborators.working_days)
        return Application.due_on.between(today, last)
    raise Invalid("Ask for limits that are passed or end soon: due=passed or due=soon.", code="invalid_fields")


def workload(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """Count, for supervisors, what each reviewer has in hand and how much of it is late."""
    officer.need(Role.SUPERVISOR)
    late = func.count().filter(Application.due_on < local_date(collaborators.clock()))
    query = (
        select(Officer.id, Officer.name, func.count(), late)
        .join(Application, Application.claimed_by == Officer.id)
        .where(Application.state.in_([ApplicationState.IN_REVIEW.value, ApplicationState.SUPPLEMENT_REQUESTED.value]))
        .group_by(Officer.id, Officer.name)
        .order_by(func.count().desc(), Officer.id)
    )
    if officer.city is not None:
        query = query.where(Application.city == officer.city)
    with unit_of_work(collaborators.sessions) as session:
        return [
            {"officer": one, "name": name, "cases": cases, "late": over}
            for one, name, cases, over in session.execute(query)
        ]


def _queue_row(application: Application, person: Person) -> dict[str, Any]:
    return {
        "id": application.id,
        "name": mask_name(person.name),
        "city": application.city,
        "state": application.state,
        "kind": application.kind,
        "track": application.track,
        "tier": application.tier,
        "due_on": application.due_on.isoformat() if application.due_on else None,
        "claimed_by": application.claimed_by,
        "submitted_at": rfc3339(application.submitted_at) if application.submitted_at else None,
        "version": application.version,
    }
