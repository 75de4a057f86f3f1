"""``/console``: what every page of the console shares: its blueprint, its officer, its frame."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.domain.errors import Forbidden
from suchang.web.auth import collaborators, signed_in
from suchang.web.console.menu import menu
from suchang.web.words import applications as words
from suchang.workflows.casework import deputies
from suchang.workflows.runtime.actors import OfficerActor

blueprint = Blueprint("console_pages", __name__, url_prefix="/console", template_folder="templates")
_OPENED = (
    "enter",
    "enter_password",
    "enter_oidc",
    "oidc_callback",
    "oidc_code",
    "oidc_prove",
    "signed_out",
    "invitation",
    "invitation_answer",
    "leave_oidc",
)
_OPEN = frozenset({f"console_pages.{name}" for name in _OPENED})
blueprint.before_request(signed_in("officer", "console_pages.enter", open_endpoints=_OPEN))
STAND_IN = "sc_stand_in"
"""The cookie that says for whom a deputy acts; who may is asked of the database with every request."""


@blueprint.before_request
def act_for_absent_officer() -> BaseResponse | None:
    """Let a deputy act for the officer on leave whom they chose; when that is over, say so before anything is done."""
    absent = request.cookies.get(STAND_IN)
    if not absent or not isinstance(g.actor, OfficerActor):
        return None
    try:
        g.actor = deputies.acting_for(collaborators(), g.actor, absent[:64])
    except Forbidden:
        response = redirect(url_for(".deputy_list", over="1"))
        response.delete_cookie(STAND_IN)
        return response
    return None


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Give templates the names of states, events and reasons."""
    return {
        "state_name": words.state_name,
        "state_kind": words.state_kind,
        "event_name": words.event_name,
        "signature_words": words.signature_words,
    }


def officer() -> OfficerActor:
    """Return the signed-in officer."""
    return cast(OfficerActor, g.actor)


def frame() -> dict[str, Any]:
    """Return what every page of the console shows of its officer."""
    who = officer()
    return {
        "officer": who,
        "roles": words.role_names(who.roles),
        "due": words.due,
        "Role": Role,
        "menu": menu(who.roles, request.path),
        "stand_ins": deputies.chances(collaborators(), who) if who.acts_for is None else [],
    }
