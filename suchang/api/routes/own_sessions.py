"""Routes for one's own sessions, for holders and for officers."""

from __future__ import annotations

from typing import Any

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import holder, officer
from suchang.workflows.account import own_sessions
from suchang.workflows.account.own_sessions import Person

of_holder = Blueprint("holder_sessions", __name__, url_prefix="/api/v1/me/sessions",
                      description="For applicants and holders")  # fmt: skip
of_holder.before_request(auth.holder())

of_officer = Blueprint("officer_sessions", __name__, url_prefix="/api/v1/officer/sessions", description="For officers")
of_officer.before_request(auth.officer())


def _end(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    return {"ended": own_sessions.end_many(collaborators(), person, here_too=body["which"] == "all")}


@of_holder.get("")
@of_holder.response(200)
def list_sessions() -> dict[str, Any]:
    """List where you are signed in."""
    return {"items": own_sessions.mine(collaborators(), holder())}


@of_holder.delete("/<session_id>")
@of_holder.response(204)
def end_session(session_id: str) -> None:
    """Sign out of one place."""
    own_sessions.end(collaborators(), holder(), session_id)


@of_holder.post("/end")
@of_holder.arguments(schemas.sign_in.EndSessionsBody)
@of_holder.response(200)
def end_sessions(body: dict[str, Any]) -> dict[str, Any]:
    """Sign out everywhere else, or everywhere."""
    return _end(holder(), body)


@of_officer.get("")
@of_officer.response(200)
def list_officer_sessions() -> dict[str, Any]:
    """List where you are signed in."""
    return {"items": own_sessions.mine(collaborators(), officer())}


@of_officer.delete("/<session_id>")
@of_officer.response(204)
def end_officer_session(session_id: str) -> None:
    """Sign out of one place."""
    own_sessions.end(collaborators(), officer(), session_id)


@of_officer.post("/end")
@of_officer.arguments(schemas.sign_in.EndSessionsBody)
@of_officer.response(200)
def end_officer_sessions(body: dict[str, Any]) -> dict[str, Any]:
    """Sign out everywhere else, or everywhere."""
    return _end(officer(), body)
