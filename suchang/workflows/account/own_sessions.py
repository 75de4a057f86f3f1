"""Where somebody is signed in, shown to themselves; signed out elsewhere, or everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.clock import rfc3339
from suchang.domain.errors import NotFound
from suchang.persistence.models import SignInSession
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

Person = HolderActor | OfficerActor


def _name(key: bytes) -> str:
    """Return a session a name for lists and addresses, from which neither its key nor its token can be found."""
    return "ses_" + hashlib.sha256(b"name of a session" + key).hexdigest()[:26]


def _living(collaborators: Collaborators, session: Session, actor: Person) -> list[SignInSession]:
    now, idle = collaborators.clock(), collaborators.settings.lifetimes[actor.kind].idle
    found = session.execute(
        select(SignInSession)
        .where(
            SignInSession.kind == actor.kind,
            SignInSession.subject_id == actor.id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.last_seen_at > now - idle,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
    )
    return list(found.scalars())


def mine(collaborators: Collaborators, actor: Person) -> list[dict[str, Any]]:
    """List where the person is signed in, the latest first; ``here`` is the session that asks."""
    with unit_of_work(collaborators.sessions) as session:
        return [
            {
                "id": _name(row.id),
                "client": row.client,
                "method": row.method,
                "signed_in_at": rfc3339(row.created_at),
                "last_seen_at": rfc3339(row.last_seen_at),
                "here": row.id == actor.session_key,
            }
            for row in _living(collaborators, session, actor)
        ]


def end(collaborators: Collaborators, actor: Person, session_id: str) -> None:
    """Sign out of one place; NotFound for a session that is over or somebody else's."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        key = next((row.id for row in _living(collaborators, session, actor) if _name(row.id) == session_id), None)
        if key is None:
            raise NotFound("You have no such session.")
        end_sessions(session, now, SignInSession.id == key)
        audit_rows.record(session, now, actor, "sessions_ended", actor.kind, actor.id, which="one", count=1)


def end_many(collaborators: Collaborators, actor: Person, *, here_too: bool) -> int:
    """Sign out everywhere else, or everywhere; gives how many sessions ended."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        whose = [SignInSession.kind == actor.kind, SignInSession.subject_id == actor.id]
        if not here_too:
            whose.append(SignInSession.id != (actor.session_key or b""))
        count = end_sessions(session, now, *whose)
        which = "all" if here_too else "others"
        audit_rows.record(session, now, actor, "sessions_ended", actor.kind, actor.id, which=which, count=count)
        return count
