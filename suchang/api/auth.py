"""Who may come in: one hook per blueprint, so that no route is open because somebody forgot.

A hook is made by ``anyone``, ``holder``, ``officer`` or ``partner`` and set with ``blueprint.before_request``; a test
walks all blueprints and fails for one without. The hook leaves the actor in ``flask.g.actor``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Response, after_this_request, current_app, g, request

from suchang.api import access
from suchang.domain.account.roles import Role
from suchang.domain.errors import Forbidden, Unauthenticated
from suchang.workflows.account import sessions
from suchang.workflows.account.browsers import browser_name
from suchang.workflows.casework import deputies
from suchang.workflows.partner import tokens
from suchang.workflows.runtime.actors import HolderActor, OfficerActor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

COOKIES = {"holder": "sc_holder", "officer": "sc_officer", "desk": "sc_desk"}
ON_BEHALF_OF = "On-Behalf-Of"
DESK_OPERATOR = "X-Desk-Operator"
SAFE = {"GET", "HEAD", "OPTIONS"}
Hook = Callable[[], None]


def collaborators() -> Collaborators:
    """Return the collaborators of the running application."""
    return cast(Collaborators, current_app.extensions["suchang"])


def bearer() -> str | None:
    """Return the bearer token of the request, if it brings one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def session_token(kind: str) -> str | None:
    """Return the session token: from the Authorization header, or from the cookie together with a CSRF token.

    A cookie is sent by the browser without anybody's intention, so a change made with one needs the CSRF header as
    well; ``web`` hands that token to its pages.
    """
    token = bearer()
    if token is not None:
        return token
    cookie = request.cookies.get(COOKIES[kind])
    if cookie and request.method not in SAFE:
        from flask_wtf.csrf import validate_csrf
        from wtforms.validators import ValidationError

        try:
            validate_csrf(request.headers.get("X-CSRF-Token"))
        except ValidationError:
            raise Forbidden("The page is too old; reload it and try again.", code="csrf") from None
    return cookie


def this_browser(kind: str) -> sessions.Browser:
    """Return the sender of this request with the session that its cookie brings."""
    return sessions.Browser(
        browser_name(request.user_agent.string), request.cookies.get(COOKIES[kind]), request.remote_addr or ""
    )


def hand_session(response: Response, kind: str, token: str) -> None:
    """Set the cookie of a session. It goes along with links from elsewhere; changes need the CSRF header beside it."""
    response.set_cookie(
        COOKIES[kind],
        token,
        max_age=int(collaborators().settings.lifetimes[kind].at_most.total_seconds()),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def renew_session(kind: str) -> None:
    """Return a browser a new token for its session with the answer, because its owner may do more from now on.

    A program that brings its token itself keeps it: nobody can have planted it.
    """
    cookie = request.cookies.get(COOKIES[kind])
    fresh = sessions.renew(collaborators(), cookie) if cookie and bearer() is None else None
    if fresh is not None:

        @after_this_request
        def hand(response: Response) -> Response:
            hand_session(response, kind, fresh)
            return response


def _mark(hook: Hook, audience: str) -> Hook:
    hook.audience = audience  # type: ignore[attr-defined]
    return hook


def anyone() -> Hook:
    """Let everybody in."""

    def hook() -> None:
        g.actor = None

    return _mark(hook, "anyone")


def holder() -> Hook:
    """Let applicants and holders in."""

    def hook() -> None:
        token = session_token("holder")
        actor = sessions.who_is(collaborators(), token) if token else None
        if not isinstance(actor, HolderActor):
            raise Unauthenticated("Sign in with your phone first.")
        g.actor = actor

    return _mark(hook, "holder")


def officer(*roles: Role) -> Hook:
    """Let officers in who hold one of the roles; without roles, any officer.

    A deputy names in the header ``On-Behalf-Of`` for whom they act, and then has the offices that both hold.
    """

    def hook() -> None:
        token = session_token("officer")
        actor = sessions.who_is(collaborators(), token) if token else None
        if not isinstance(actor, OfficerActor):
            raise Unauthenticated("Sign in as an officer first.")
        if absent := request.headers.get(ON_BEHALF_OF):
            actor = deputies.acting_for(collaborators(), actor, absent[:64])
        if not access.opens(request.endpoint, actor.roles):
            raise Forbidden("Your office does not allow this.")
        if roles:
            actor.need(*roles)
        g.actor = actor

    return _mark(hook, "officer")


def partner() -> Hook:
    """Let partners in, as often as agreed: a program with an access token, or a person with a desk session."""

    def hook() -> None:
        token, here = bearer(), collaborators()
        if token is not None and tokens.is_access_token(token):
            actor = tokens.read(here, token, request.remote_addr)
        else:
            token = session_token("desk")
            seen = sessions.who_is(here, token) if token else None
            if not isinstance(seen, PartnerActor):
                raise Unauthenticated("Obtain an access token at /oauth/token first, or sign in at the desk.")
            if request.headers.get(DESK_OPERATOR, seen.operator_id) != seen.operator_id:
                # A page of one person, the cookie of another: what one granted is never sent as the other's.
                raise Unauthenticated(
                    "Somebody else has signed in at this desk; reload the page.", code="other_operator"
                )
            actor = seen
        g.actor = actor
        here.rates.spend(here, actor.partner_id)

    return _mark(hook, "partner")
