"""What officers do with a case beside review and decision; every step goes through the lifecycle's table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Forbidden, Invalid
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent as E
from suchang.persistence.models import Application, CaseComment, ConflictOfInterest, Objection, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.transitions import load_in_scope, person_of
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.casework.notice_rows import ANSWERS, answer_objections, keep_notice, published_tier
from suchang.workflows.casework.officer_step import case_step
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

STEPS: dict[str, tuple[E, tuple[Role, ...]]] = {
    "release": (E.RELEASE, (Role.REVIEWER,)),
    "hand-over": (E.HAND_OVER, (Role.SUPERVISOR, Role.REVIEWER)),
    "send-back": (E.SEND_BACK, (Role.APPROVER,)),
    "publish-notice": (E.PUBLISH_NOTICE, (Role.APPROVER,)),
    "dismiss-objection": (E.DISMISS_OBJECTION, (Role.SUPERVISOR,)),
    "uphold-objection": (E.UPHOLD_OBJECTION, (Role.SUPERVISOR,)),
    "decline-decision": (E.DECLINE_DECISION, (Role.APPROVER,)),
    "propose-reopen": (E.PROPOSE_REOPEN, (Role.SUPERVISOR, Role.APPROVER)),
    "confirm-reopen": (E.CONFIRM_REOPEN, (Role.SUPERVISOR, Role.APPROVER)),
}
"""The steps by their name in addresses, with the roles that may take them, the preferred one first."""

_ENDED = ("issued", "rejected", "withdrawn", "lapsed")


def step(
    collaborators: Collaborators,
    officer: OfficerActor,
    application_id: str,
    name: str,
    *,
    reason: str = "",
    assignee: str | None = None,
    tier: str | None = None,
    objection: str | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """Take one step with a case.

    ``assignee`` is the officer's id to whom a case is handed over, ``tier`` the one that a notice names (default: as
    determined), ``objection`` the one that is answered (default: the oldest open one).

    Raises Forbidden or Conflict with the table's code and sentence.
    """
    event, roles = STEPS[name]
    role = next((one for one in roles if one in officer.roles), None)
    if role is None:
        raise Forbidden("Your office does not allow this.")
    with case_step(collaborators, officer, role, application_id, version) as taken:
        session, application = taken.session, taken.application
        if event is E.CONFIRM_REOPEN:
            _refuse_when_another_is_open(session, application)
        turn = application.round
        to = _assignee(session, application, assignee) if event is E.HAND_OVER else None
        taken.move(
            event,
            note={"assignee": to.id} if to is not None else None,
            reason=reason,
            assignee=person_of(to.person_index) if to is not None else None,
            grant=published_tier(session, application, tier) if event is E.PUBLISH_NOTICE else None,
        )
        if event is E.PUBLISH_NOTICE:
            keep_notice(session, application, officer, taken.now)
        elif event in ANSWERS:
            answer_objections(session, application, officer, turn, event, objection, reason, taken.now)
        if to is not None:
            application.claimed_by = to.id
        return taken.view()


def _assignee(session: Session, application: Application, officer_id: str | None) -> Officer:
    found = session.get(Officer, officer_id) if officer_id else None
    fits = found is not None and found.active and Role.REVIEWER.value in found.roles
    if found is None or not fits or found.city not in (None, application.city):
        raise Invalid("Name a reviewer of this city to hand the case to.", code="assignee_not_found")
    return found


def _refuse_when_another_is_open(session: Session, application: Application) -> None:
    other = session.execute(
        select(Application.id).where(
            Application.person_id == application.person_id,
            Application.id != application.id,
            Application.state.not_in(_ENDED),
        )
    ).first()
    if other is not None:
        raise Conflict("The person has another open application; finish that one first.", code="application_open")


def declare_conflict(collaborators: Collaborators, officer: OfficerActor, application_id: str, *, reason: str) -> None:
    """Let an officer declare that they must keep out of a case; it can't be taken back, and twice is once."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        if session.get(ConflictOfInterest, (application.id, officer.person_index)) is not None:
            return
        session.add(
            ConflictOfInterest(
                application_id=application.id,
                person_index=officer.person_index,
                declared_by=officer.officer_id,
                reason=reason,
                created_at=now,
            )
        )
        audit_rows.record(session, now, officer, "conflict_declared", "application", application.id)


def comment(collaborators: Collaborators, officer: OfficerActor, application_id: str, *, text: str) -> dict[str, Any]:
    """Write a comment that only officers see."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        row = CaseComment(
            id=new_id("com"), application_id=application.id, officer_id=officer.officer_id, text=text, created_at=now
        )
        session.add(row)
        audit_rows.record(session, now, officer, "comment_written", "application", application.id, comment=row.id)
        return _comment_view(row, officer.name)


def comments(collaborators: Collaborators, officer: OfficerActor, application_id: str) -> list[dict[str, Any]]:
    """List the comments on a case, oldest first."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        rows = session.execute(
            select(CaseComment, Officer.name)
            .join(Officer, Officer.id == CaseComment.officer_id)
            .where(CaseComment.application_id == application.id)
            .order_by(CaseComment.created_at, CaseComment.id)
        )
        return [_comment_view(row, name) for row, name in rows]


def _comment_view(row: CaseComment, name: str) -> dict[str, Any]:
    return {"id": row.id, "by": name, "text": row.text, "at": rfc3339(row.created_at)}


def objections(collaborators: Collaborators, officer: OfficerActor, application_id: str) -> list[dict[str, Any]]:
    """List the objections to a case with their senders, for supervisors; each look is audited."""
    officer.need(Role.SUPERVISOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        rows = session.execute(
            select(Objection).where(Objection.application_id == application.id).order_by(Objection.created_at)
        ).scalars()
        audit_rows.record(session, now, officer, "objections_seen", "application", application.id)
        return [
            {
                "id": row.id,
                "round": row.round,
                "text": row.text,
                "sender": collaborators.vault.decrypt(row.sender_cipher, row.id),
                "at": rfc3339(row.created_at),
            }
            for row in rows
        ]
