"""Officers' accounts as an administrator looks after them: found, closed and opened, unlocked, signed out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, any_, func, select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Forbidden, NotFound
from suchang.persistence.models import Officer, SignInSession, TotpReset
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.second_factors import GOOD_FOR
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

LISTED = 200


def accounts(collaborators: Collaborators, officer: OfficerActor, *, search: str | None = None) -> list[dict[str, Any]]:
    """List accounts by user name with roles, city, state and where they are signed in.

    ``search`` is a part of the name, the begin of a user name, or a role.
    """
    officer.need(Role.ADMINISTRATOR)
    now = collaborators.clock()
    idle = collaborators.settings.lifetimes["officer"].idle
    living = and_(
        SignInSession.kind == "officer",
        SignInSession.subject_id == Officer.id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.last_seen_at > now - idle,
    )
    mine = and_(SignInSession.kind == "officer", SignInSession.subject_id == Officer.id)
    query = select(
        Officer,
        select(func.count()).select_from(SignInSession).where(living).scalar_subquery(),
        select(func.max(SignInSession.last_seen_at)).where(mine).scalar_subquery(),
    )
    if search:
        begins = Officer.username.startswith(search, autoescape=True)
        named = Officer.name.contains(search, autoescape=True)
        query = query.where(begins | named | (any_(Officer.roles) == search))
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(Officer.username).limit(LISTED)).all()
        return [
            {
                "id": one.id,
                "username": one.username,
                "name": one.name,
                "roles": one.roles,
                "city": one.city,
                "active": one.active,
                "locked_until": rfc3339(one.locked_until) if one.locked_until and one.locked_until > now else None,
                "sessions": sessions,
                "last_seen_at": rfc3339(seen) if seen else None,
                "oidc_subject": one.oidc_subject,
                "mine": one.person_index == officer.person_index,
            }
            for one, sessions, seen in rows
        ]


def open_resets(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the proposals of new second factors that wait for a second officer; ``may_confirm`` says whether for you."""
    officer.need(Role.ADMINISTRATOR, Role.SUPERVISOR)
    now = collaborators.clock()
    query = (
        select(TotpReset, Officer)
        .join(Officer, Officer.id == TotpReset.officer_id)
        .where(TotpReset.confirmed_at.is_(None), TotpReset.created_at > now - GOOD_FOR)
        .order_by(TotpReset.created_at, TotpReset.id)
    )
    with unit_of_work(collaborators.sessions) as session:
        return [
            {
                "id": row.id,
                "username": subject.username,
                "name": subject.name,
                "reason": row.reason,
                "proposed_at": rfc3339(row.created_at),
                "may_confirm": officer.person_index not in (row.proposer_index, row.subject_index),
            }
            for row, subject in session.execute(query)
        ]


def set_state(
    collaborators: Collaborators, officer: OfficerActor, officer_id: str, *, active: bool, reason: str
) -> None:
    """Close an account, which ends its sessions at once, or open it again. Nobody closes their own."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _other(session, officer, officer_id)
        if row.active == active:
            raise Conflict("The account is in this state already.", code="no_change")
        row.active = active
        count = _sign_out(session, row, now)
        action = "officer_opened" if active else "officer_closed"
        audit_rows.record(session, now, officer, action, "officer", row.id, reason=reason, sessions=count)


def unlock(collaborators: Collaborators, officer: OfficerActor, officer_id: str) -> None:
    """Open the lock that wrong passwords have closed."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _other(session, officer, officer_id)
        if row.locked_until is None or row.locked_until <= now:
            raise Conflict("The account is not locked.", code="no_change")
        row.failed_sign_ins, row.locked_until = 0, None
        audit_rows.record(session, now, officer, "officer_unlocked", "officer", row.id)


def sign_out_everywhere(collaborators: Collaborators, officer: OfficerActor, officer_id: str) -> int:
    """End every session of another account; gives their number."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _other(session, officer, officer_id)
        count = _sign_out(session, row, now)
        audit_rows.record(session, now, officer, "sessions_ended", "officer", row.id, which="all", count=count)
        return count


def _other(session: Session, officer: OfficerActor, officer_id: str) -> Officer:
    officer.need(Role.ADMINISTRATOR)
    row = session.get(Officer, officer_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such officer.")
    if row.person_index == officer.person_index:
        raise Forbidden("Nobody looks after their own account; ask another administrator.", code="own_account")
    return row


def _sign_out(session: Session, row: Officer, now: datetime) -> int:
    return end_sessions(session, now, SignInSession.kind == "officer", SignInSession.subject_id == row.id)
