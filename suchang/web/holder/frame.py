"""``/me``: what every page of a holder shares: its blueprint, its person, their card."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, g

from suchang.domain.errors import NotFound
from suchang.web.auth import collaborators, signed_in
from suchang.web.holder import words
from suchang.workflows.credential import credentials
from suchang.workflows.runtime.actors import HolderActor

blueprint = Blueprint("holder_pages", __name__, url_prefix="/me", template_folder="templates")
_OPENED = ("enter", "enter_phone", "enter_passkey", "worker", "manifest", "offline")
_OPEN = frozenset({f"holder_pages.{name}" for name in _OPENED})
blueprint.before_request(signed_in("holder", "holder_pages.enter", open_endpoints=_OPEN))


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Give templates the names of tracks, relations and outcomes."""
    return {
        "track_name": words.track_name,
        "relation_name": words.relation_name,
        "outcome_name": words.outcome_name,
    }


def me() -> HolderActor:
    """Return the signed-in holder."""
    return cast(HolderActor, g.actor)


def held_card() -> dict[str, Any] | None:
    """Return the card of the signed-in person, if there is one."""
    try:
        return credentials.my_card(collaborators(), me())
    except NotFound:
        return None
