"""Sessions of people who signed in: made, found, ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from suchang.domain.roles import Role
from suchang.persistence.models import DeskOperator, Officer, Partner, Person, SignInSession
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.actors import HolderActor, OfficerActor, PartnerActor
from suchang.workflows.collaborators import Collaborators


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives at most, and without a request."""

    at_most: timedelta
    idle: timedelta


LIFETIMES = {
    "holder": Lifetime(timedelta(days=30), timedelta(days=14)),
    "officer": Lifetime(timedelta(hours=10), timedelta(minutes=30)),
    "desk": Lifetime(timedelta(hours=12), timedelta(hours=2)),
}
TOUCH_AFTER = timedelta(seconds=60)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_session(session: Session, kind: str, subject_id: str, now: datetime) -> str:
    """Open a session in the caller's transaction and give its token (256 random bits, shown once)."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            id=_key(token),
            kind=kind,
            subject_id=subject_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIMES[kind].at_most,
        )
    )
    return token


def sign_out(parts: Collaborators, token: str) -> None:
    """End the session of a token; an unknown token is no error."""
    with unit_of_work(parts.sessions) as session:
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == _key(token), SignInSession.ended_at.is_(None))
            .values(ended_at=parts.clock())
        )


def who_is(parts: Collaborators, token: str) -> HolderActor | OfficerActor | PartnerActor | None:
    """Give the actor of a session token, or None when it is unknown, ended, idle too long or its account is closed."""
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        row = session.get(SignInSession, _key(token))
        if row is None or row.ended_at is not None or now >= row.expires_at:
            return None
        if now - row.last_seen_at >= LIFETIMES[row.kind].idle:
            return None
        if now - row.last_seen_at >= TOUCH_AFTER:
            row.last_seen_at = now
        if row.kind == "holder":
            person = session.get(Person, row.subject_id)
            return HolderActor(person.id, signed_in_at=row.created_at) if person else None
        if row.kind == "officer":
            officer = session.get(Officer, row.subject_id)
            return officer_actor(officer) if officer and officer.active else None
        return _desk_actor(session, row.subject_id)


def officer_actor(officer: Officer) -> OfficerActor:
    """Build the actor of an officer's row."""
    roles = frozenset(Role(role) for role in officer.roles)
    return OfficerActor(officer.id, officer.person_index, roles, officer.city, officer.name)


def _desk_actor(session: Session, operator_id: str) -> PartnerActor | None:
    operator = session.get(DeskOperator, operator_id)
    if operator is None or not operator.active:
        return None
    partner = session.get(Partner, operator.partner_id)
    if partner is None or partner.state != "active":
        return None
    return PartnerActor(partner.id, operator.id, operator.site_id, frozenset(operator.scopes), operator_id=operator.id)
