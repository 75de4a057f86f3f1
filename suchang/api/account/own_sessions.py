"""Routes of one's own sessions, for holders and for officers."""

from __future__ import annotations

from typing import Any

from suchang.api.account import answers, schemas
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_holders, for_officers
from suchang.api.requests import holder, officer
from suchang.workflows.account import own_sessions
from suchang.workflows.account.own_sessions import Person

holders = for_holders("account", "own_sessions_holders", at="/api/v1/me/sessions")
officers = for_officers("account", "own_sessions_officers", at="/api/v1/officer/sessions")


def _end(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    return {"ended": own_sessions.end_many(collaborators(), person, here_too=body["which"] == "all")}


@holders.get("")
@holders.response(200, answers.SessionsAnswer)
def list_sessions() -> dict[str, Any]:
    """List where you are signed in."""
    return {"items": own_sessions.mine(collaborators(), holder())}


@holders.delete("/<session_id>")
@holders.response(204)
def end_session(session_id: str) -> None:
    """Sign out of one place."""
    own_sessions.end(collaborators(), holder(), session_id)


@holders.post("/end")
@holders.arguments(schemas.EndSessionsBody)
@holders.response(200, answers.EndedAnswer)
def end_sessions(body: dict[str, Any]) -> dict[str, Any]:
    """Sign out everywhere else, or everywhere."""
    return _end(holder(), body)


@officers.get("")
@officers.response(200, answers.SessionsAnswer)
def list_officer_sessions() -> dict[str, Any]:
    """List where you are signed in."""
    return {"items": own_sessions.mine(collaborators(), officer())}


@officers.delete("/<session_id>")
@officers.response(204)
def end_officer_session(session_id: str) -> None:
    """Sign out of one place."""
    own_sessions.end(collaborators(), officer(), session_id)


@officers.post("/end")
@officers.arguments(schemas.EndSessionsBody)
@officers.response(200, answers.EndedAnswer)
def end_officer_sessions(body: dict[str, Any]) -> dict[str, Any]:
    """Sign out everywhere else, or everywhere."""
    return _end(officer(), body)
