"""Who is signed in on a page: sessions in cookies, a CSRF token with every change, a way back after signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from flask import Response, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from suchang.domain.errors import Forbidden
from suchang.workflows.account import sessions
from suchang.workflows.account.browsers import browser_name
from suchang.workflows.runtime.actors import HolderActor, OfficerActor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

COOKIES = {"holder": "sc_holder", "officer": "sc_officer", "desk": "sc_desk"}
"""The cookies that carry session tokens; the JSON interface reads the same ones."""

_KINDS = {"holder": HolderActor, "officer": OfficerActor, "desk": PartnerActor}
Hook = Callable[[], BaseResponse | None]
_SAFE = {"GET", "HEAD", "OPTIONS"}


def collaborators() -> Collaborators:
    """Return the collaborators of the running application."""
    return cast(Collaborators, current_app.extensions["suchang"])


def check_csrf() -> None:
    """Refuse a change that no page of ours asked for; raises Forbidden with a sentence."""
    if request.method in _SAFE:
        return
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRF-Token"))
    except ValidationError:
        raise Forbidden("The page is too old; reload it and try again.", code="csrf") from None


def find_actor(kind: str) -> HolderActor | OfficerActor | PartnerActor | None:
    """Return who is signed in for a room, or None."""
    token = request.cookies.get(COOKIES[kind])
    actor = sessions.who_is(collaborators(), token) if token else None
    return actor if isinstance(actor, _KINDS[kind]) else None


def signed_in(kind: str, sign_in_endpoint: str, *, open_endpoints: frozenset[str] = frozenset()) -> Hook:
    """Make the hook of a room: everybody may see its open pages, the others ask to sign in and come back."""

    def hook() -> BaseResponse | None:
        check_csrf()
        g.actor = find_actor(kind)
        if g.actor is not None or request.endpoint in open_endpoints:
            return None
        here = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for(sign_in_endpoint, next=here or None))

    hook.audience = kind  # type: ignore[attr-defined]
    return hook


def for_anyone() -> Hook:
    """Make the hook of pages that everybody may see."""

    def hook() -> BaseResponse | None:
        check_csrf()
        g.actor = None
        return None

    hook.audience = "anyone"  # type: ignore[attr-defined]
    return hook


def way_back(default: str) -> str:
    """Return the page that asked to sign in; never an address outside this site."""
    return inside(request.values.get("next", ""), default)


def inside(wanted: str, default: str) -> str:
    """Return an address if it is one of this site, else the default."""
    split = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not split.scheme and not split.netloc
    return wanted if ours and "\\" not in wanted else default


def this_browser(kind: str) -> sessions.Browser:
    """Return the browser of this request with the session that it has in a room."""
    return sessions.Browser(
        browser_name(request.user_agent.string), request.cookies.get(COOKIES[kind]), request.remote_addr or ""
    )


def renew_session(response: Response, kind: str) -> Response:
    """Return the browser a new token for its session, because its owner may do more from now on."""
    token = request.cookies.get(COOKIES[kind])
    fresh = sessions.renew(collaborators(), token) if token else None
    return start_session(response, kind, fresh) if fresh else response


def start_session(response: Response, kind: str, token: str) -> Response:
    """Hand a fresh session to the browser; the cookie and CSRF token from before are replaced."""
    session.pop("csrf_token", None)
    response.set_cookie(
        COOKIES[kind],
        token,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        max_age=int(collaborators().settings.lifetimes[kind].at_most.total_seconds()),
    )
    return response


def end_session(response: Response, kind: str) -> tuple[Response, str]:
    """End the session of this browser, in the database and in the cookie; tells by which method it had begun."""
    token = request.cookies.get(COOKIES[kind])
    method = sessions.sign_out(collaborators(), token) if token else ""
    response.delete_cookie(COOKIES[kind])
    return response, method
