"""``/apply``: what every page of an application shares: the answers, the application in hand, its pages."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, g, render_template, request, session

from suchang.domain.account.roles import CITIES
from suchang.domain.errors import NotFound
from suchang.web.auth import collaborators, signed_in
from suchang.web.holder.words import document_types
from suchang.web.portal.application.profiles import GROUPS, MERITS, PLACES, PROFILES, profile
from suchang.workflows.application import applications
from suchang.workflows.runtime.actors import HolderActor

blueprint = Blueprint("apply_pages", __name__, url_prefix="/apply", template_folder="templates")
blueprint.before_request(signed_in("holder", "holder_pages.enter"))
EDITABLE = {"draft", "supplement_requested"}
_OVER = {"withdrawn", "lapsed", "issued"}
ANSWERS = "apply_answers"
ANEW = "apply_anew"
"""In the session: the refused application beside which somebody begins another."""


def me() -> HolderActor:
    """Return the signed-in person."""
    return cast(HolderActor, g.actor)


def answers_given() -> dict[str, Any]:
    """Return the three answers: those of the address, else those that were given before in this browser."""
    who, place = request.args.get("who", ""), request.args.get("place", "")
    if profile(who) and place in PLACES:
        merits = [one for one in request.args.getlist("merit") if one in MERITS]
        session[ANSWERS] = {"who": who, "place": place, "merits": merits}
    return cast(dict[str, Any], session.get(ANSWERS) or {})


def current_application() -> dict[str, Any] | None:
    """Return the application that matters: the newest, unless it is over or refused and another is begun."""
    mine = applications.mine(collaborators(), me())
    if not mine or mine[0]["state"] in _OVER:
        return None
    begun_anew = mine[0]["state"] == "rejected" and session.get(ANEW) == mine[0]["id"]
    return None if begun_anew else mine[0]


def draft() -> dict[str, Any]:
    """Return the application in hand; raises NotFound when there is none."""
    current = current_application()
    if current is None:
        raise NotFound("You have no such application.")
    return current


def page(template: str, wrong: str = "", **more: Any) -> str:
    """Draw a page of the conversation, with what went wrong."""
    return render_template(
        template, wrong=wrong, groups=GROUPS, profiles=PROFILES, places=PLACES, merits=MERITS, cities=CITIES,
        document_types=document_types(), form=request.form, **more,
    )  # fmt: skip
