"""Officers claim, review and decide. Four eyes stand in the table, and again as constraints of the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.identity import mask_name
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, Determined, Outcome, Transition
from suchang.domain.lifecycle.working_days import RED_WITHIN, add_working_days
from suchang.domain.roles import Role
from suchang.persistence.models import Application, AuditEvent, Decision, DeterminationRecord, Officer, Person, Review
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import cards, determining, issuing
from suchang.workflows.actors import OfficerActor
from suchang.workflows.applications import application_view, determination_view
from suchang.workflows.cases import as_office, check_version, facts_of, load_in_scope, move
from suchang.workflows.collaborators import Collaborators

PAGE = 50
_ROW_OUTCOME = {Outcome.APPROVE: "recommend", Outcome.REJECT: "reject"}


def queue(
    parts: Collaborators,
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
        query = query.where(_due(parts, due))
    if mine:
        query = query.where(Application.claimed_by.in_([officer.officer_id, officer.on_behalf_of]))
    if search:
        query = query.where(or_(Person.name.startswith(search, autoescape=True), Application.id == search))
    with unit_of_work(parts.sessions) as session:
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


def _due(parts: Collaborators, due: str) -> ColumnElement[bool]:
    today = local_date(parts.clock())
    if due == "passed":
        return Application.due_on < today
    if due == "soon":
        last, _ = add_working_days(today, RED_WITHIN, parts.working_days)
        return Application.due_on.between(today, last)
    raise Invalid("Ask for limits that are passed or end soon: due=passed or due=soon.", code="invalid_fields")


def workload(parts: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """Count, for supervisors, what each reviewer has in hand and how much of it is late."""
    officer.need(Role.SUPERVISOR)
    late = func.count().filter(Application.due_on < local_date(parts.clock()))
    query = (
        select(Officer.id, Officer.name, func.count(), late)
        .join(Application, Application.claimed_by == Officer.id)
        .where(Application.state.in_([ApplicationState.IN_REVIEW.value, ApplicationState.SUPPLEMENT_REQUESTED.value]))
        .group_by(Officer.id, Officer.name)
        .order_by(func.count().desc(), Officer.id)
    )
    if officer.city is not None:
        query = query.where(Application.city == officer.city)
    with unit_of_work(parts.sessions) as session:
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


def case_view(session: Session, application: Application) -> dict[str, Any]:
    """Show a case to an officer: what the applicant sees, and what the office adds."""
    person = session.get_one(Person, application.person_id)
    rows = session.execute(
        select(DeterminationRecord)
        .where(DeterminationRecord.application_id == application.id)
        .order_by(DeterminationRecord.created_at)
    ).scalars()
    return application_view(session, application) | {
        "name": mask_name(person.name),
        "birth_year": person.birth_date.year if person.birth_date else None,
        "claimed_by": application.claimed_by,
        "round": application.round,
        "determinations": [determination_view(row) for row in rows],
    }


def show(parts: Collaborators, officer: OfficerActor, application_id: str) -> dict[str, Any]:
    """Show one case in the officer's scope."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    with unit_of_work(parts.sessions) as session:
        return case_view(session, not_a_draft(load_in_scope(session, officer, application_id)))


def last_change(parts: Collaborators, officer: OfficerActor, application_id: str) -> dict[str, Any] | None:
    """Tell who in the office moved a case last, when and how, for a colleague who acted on what had been before."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        row = session.execute(
            select(AuditEvent, Officer.name)
            .outerjoin(Officer, Officer.id == AuditEvent.actor_id)
            .where(AuditEvent.subject_id == application.id, AuditEvent.action.startswith("application_"))
            .order_by(AuditEvent.id.desc())
            .limit(1)
        ).first()
        return None if row is None else {"action": row[0].action, "at": rfc3339(row[0].at), "name": row[1]}


def not_a_draft(application: Application) -> Application:
    """Hide drafts: what somebody has not submitted is nobody else's business."""
    if application.state == ApplicationState.DRAFT.value:
        raise NotFound("There is no such application.")
    return application


def claim(
    parts: Collaborators, officer: OfficerActor, application_id: str, *, version: int | None = None
) -> dict[str, Any]:
    """Take a case to review it."""
    by = as_office(officer, Role.REVIEWER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        move(parts, session, now, application, ApplicationEvent.CLAIM, by=by, actor=officer)
        application.claimed_by = officer.officer_id
        session.flush()
        return case_view(session, application)


def request_supplement(
    parts: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    documents: list[str],
    reason: str,
    version: int | None = None,
) -> dict[str, Any]:
    """Ask for every missing document, once and completely."""
    by = as_office(officer, Role.REVIEWER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        move(
            parts,
            session,
            now,
            application,
            ApplicationEvent.REQUEST_SUPPLEMENT,
            by=by,
            actor=officer,
            documents=frozenset(documents),
            reason=reason,
        )
        session.flush()
        return case_view(session, application)


def review(
    parts: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    outcome: Outcome,
    reason: str,
    tier: str | None = None,
    rule: str = "",
    version: int | None = None,
) -> dict[str, Any]:
    """Recommend an approval or a refusal."""
    by = as_office(officer, Role.REVIEWER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        round_, attempt = application.round, facts_of(application).attempt
        move(
            parts,
            session,
            now,
            application,
            ApplicationEvent.RECOMMEND,
            by=by,
            actor=officer,
            note={"outcome": outcome.value},
            outcome=outcome,
            reason=reason,
            rule=rule,
        )
        session.add(
            Review(
                id=new_id("rev"),
                application_id=application.id,
                round=round_,
                attempt=attempt,
                officer_id=officer.officer_id,
                person_index=officer.person_index,
                on_behalf_of=officer.on_behalf_of,
                outcome=_ROW_OUTCOME[outcome],
                tier=tier,
                reason=reason,
                created_at=now,
            )
        )
        session.flush()
        return case_view(session, application)


def decide(
    parts: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    outcome: Outcome,
    reason: str,
    tier: str | None = None,
    rule: str = "",
    version: int | None = None,
    only_as_determined: bool = False,
) -> dict[str, Any]:
    """Approve or reject. An approval issues the card in the same transaction; nothing is ever half approved.

    A decision against the determination waits for a second approver, who decides by the same call.
    """
    by = as_office(officer, Role.APPROVER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        second = application.state == ApplicationState.SECOND_DECISION.value
        found = (
            _of_decision(session, application)
            if second
            else determining.determine(parts, session, application, "decision", now)
        )
        if second:
            _same_as_proposed(application, outcome, tier)
        if only_as_determined and (second or found.tier != tier):
            raise Conflict("This case isn't straightforward; decide it by itself.", code="not_straightforward")
        event = {
            (False, Outcome.APPROVE): ApplicationEvent.APPROVE,
            (False, Outcome.REJECT): ApplicationEvent.REJECT,
            (True, Outcome.APPROVE): ApplicationEvent.CONFIRM_DECISION,
            (True, Outcome.REJECT): ApplicationEvent.CONFIRM_DECISION,
        }[second, outcome]
        round_, attempt = application.round, facts_of(application).attempt
        answer = move(
            parts,
            session,
            now,
            application,
            event,
            by=by,
            actor=officer,
            note={"outcome": outcome.value, "determination": found.id, "tier": tier},
            outcome=outcome,
            grant=tier,
            reason=reason,
            rule=rule,
            determination=Determined(found.tier),
        )
        made = _decision(
            session, application, officer, (round_, attempt), second, outcome, tier, rule, reason, found, now
        )
        session.flush()
        _follow(parts, session, application, answer, made, found, now)
        session.flush()
        return case_view(session, application)


def _of_decision(session: Session, application: Application) -> DeterminationRecord:
    first = session.execute(
        select(Decision).where(
            Decision.application_id == application.id,
            Decision.round == application.round,
            Decision.attempt == facts_of(application).attempt,
            Decision.part == "first",
        )
    ).scalar_one()
    return session.get_one(DeterminationRecord, first.determination_id)


def _same_as_proposed(application: Application, outcome: Outcome, tier: str | None) -> None:
    proposed = (application.case.get("proposed"), application.case.get("proposed_tier"))
    if (outcome.value, tier) != proposed:
        raise Conflict(
            "The second approver confirms the proposed decision as it stands, or sends it back.",
            code="differs_from_proposal",
        )


def _decision(
    session: Session,
    application: Application,
    officer: OfficerActor,
    turn: tuple[int, int],
    second: bool,
    outcome: Outcome,
    tier: str | None,
    rule: str,
    reason: str,
    found: DeterminationRecord,
    now: datetime,
) -> Decision:
    made = Decision(
        id=new_id("dec"),
        application_id=application.id,
        round=turn[0],
        attempt=turn[1],
        part="second" if second else "first",
        officer_id=officer.officer_id,
        person_index=officer.person_index,
        on_behalf_of=officer.on_behalf_of,
        outcome=outcome.value,
        tier=tier if outcome is Outcome.APPROVE else None,
        rule=rule or None,
        reason=reason,
        against_determination=found.tier != (tier if outcome is Outcome.APPROVE else None),
        determination_id=found.id,
        created_at=now,
    )
    session.add(made)
    return made


def _follow(
    parts: Collaborators,
    session: Session,
    application: Application,
    answer: Transition,
    made: Decision,
    found: DeterminationRecord,
    now: datetime,
) -> None:
    cards.follow(parts, session, application, answer, now)
    if answer.target is ApplicationState.APPROVED:
        issuing.issue_card(parts, session, application, made, found, now)
