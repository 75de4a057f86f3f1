"""Sessions of people who signed in: made, found, renewed, ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.persistence.models import DeskOperator, Officer, Partner, Person, SignInSession
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.actors import HolderActor, OfficerActor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

TOUCH_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from: a name for eyes, the session before, which ends, the address."""

    name: str = ""
    token: str | None = None
    address: str = ""


UNKNOWN = Browser()


def key_of(token: str) -> bytes:
    """Return the key under which the session of a token is kept."""
    return hashlib.sha256(token.encode()).digest()


def open_session(
    collaborators: Collaborators,
    session: Session,
    kind: str,
    subject_id: str,
    *,
    method: str,
    browser: Browser = UNKNOWN,
) -> str:
    """Open a session in the caller's transaction and give its token (256 random bits, shown once).

    The token is always a new one, and the session that this browser had before ends with it: nobody can hand
    somebody a session to sign in to.
    """
    now = collaborators.clock()
    if browser.token:
        end_sessions(session, now, SignInSession.id == key_of(browser.token))
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            id=key_of(token),
            kind=kind,
            subject_id=subject_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + collaborators.settings.lifetimes[kind].at_most,
            client=browser.name,
            method=method,
        )
    )
    return token


def end_sessions(session: Session, now: datetime, *which: object) -> int:
    """End the sessions that meet every condition, in the caller's transaction; gives their number."""
    ended = session.execute(
        update(SignInSession)
        .where(SignInSession.ended_at.is_(None), *which)  # type: ignore[arg-type]
        .values(ended_at=now)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def sign_out(collaborators: Collaborators, token: str) -> str:
    """End the session of a token and tell by which method it had begun; an unknown token is no error."""
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(SignInSession, key_of(token), with_for_update=True)
        if row is None:
            return ""
        row.ended_at = row.ended_at or collaborators.clock()
        return row.method


def renew(collaborators: Collaborators, token: str) -> str | None:
    """Return a living session a new token after its owner's rights grew; the old token is worth nothing from then on.

    None when the session is over.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(SignInSession, key_of(token), with_for_update=True)
        if row is None or row.ended_at is not None or now >= row.expires_at:
            return None
        fresh = secrets.token_urlsafe(32)
        row.ended_at = now
        session.add(
            SignInSession(
                id=key_of(fresh),
                kind=row.kind,
                subject_id=row.subject_id,
                created_at=row.created_at,
                last_seen_at=now,
                expires_at=row.expires_at,
                client=row.client,
                method=row.method,
            )
        )
        return fresh


def who_is(collaborators: Collaborators, token: str) -> HolderActor | OfficerActor | PartnerActor | None:
    """Return the actor of a session token, or None when it is unknown, ended, idle or its account is closed."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(SignInSession, key_of(token))
        if row is None or row.ended_at is not None or now >= row.expires_at:
            return None
        if now - row.last_seen_at >= collaborators.settings.lifetimes[row.kind].idle:
            return None
        if now - row.last_seen_at >= TOUCH_AFTER:
            row.last_seen_at = now
        if row.kind == "holder":
            person = session.get(Person, row.subject_id)
            return HolderActor(person.id, signed_in_at=row.created_at, session_key=row.id) if person else None
        if row.kind == "officer":
            officer = session.get(Officer, row.subject_id)
            return officer_actor(officer, row.id) if officer and officer.active else None
        return _desk_actor(session, row.subject_id)


def officer_actor(officer: Officer, session_key: bytes | None = None) -> OfficerActor:
    """Build the actor of an officer's row."""
    roles = frozenset(Role(role) for role in officer.roles)
    return OfficerActor(officer.id, officer.person_index, roles, officer.city, officer.name, session_key=session_key)


def _desk_actor(session: Session, operator_id: str) -> PartnerActor | None:
    operator = session.get(DeskOperator, operator_id)
    if operator is None or not operator.active:
        return None
    partner = session.get(Partner, operator.partner_id)
    if partner is None or partner.state != "active":
        return None
    return PartnerActor(partner.id, operator.id, operator.site_id, frozenset(operator.scopes), operator_id=operator.id)
