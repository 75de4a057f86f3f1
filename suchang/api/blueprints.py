"""How a room gets its doors: one blueprint for each audience, with the hook that lets this audience in.

Every blueprint of a room carries the room's name as its tag in the API document.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api import auth
from suchang.api.auth import Hook
from suchang.api.parsing import Blueprint


class RoomBlueprint(Blueprint):
    """A blueprint of a room: its operations stand under the room's tag."""

    def __init__(self, room: str, name: str, hook: Hook, at: str) -> None:
        """Make the blueprint ``name`` of a room, open to whom the hook lets in, at an address prefix."""
        super().__init__(name, f"suchang.api.{room}", url_prefix=at or None)
        self.room = room
        self.audience: str = hook.audience  # type: ignore[attr-defined]
        self.before_request(hook)

    def add_url_rule(self, *args: Any, **kwargs: Any) -> None:
        """Add a route under the room's tag."""
        if kwargs.get("tags") is None:
            kwargs["tags"] = [self.room]
        super().add_url_rule(*args, **kwargs)


def for_anyone(room: str, name: str, *, at: str = "/api/v1") -> RoomBlueprint:
    """Return a blueprint that is open to everybody."""
    return RoomBlueprint(room, name, auth.anyone(), at)


def for_holders(room: str, name: str, *, at: str = "/api/v1/me") -> RoomBlueprint:
    """Return a blueprint for applicants and holders, whose personal answers no cache keeps."""
    made = RoomBlueprint(room, name, auth.holder(), at)
    made.after_request(_no_store)
    return made


def for_employers(room: str, name: str, *, at: str = "/api/v1/employers") -> RoomBlueprint:
    """Return a blueprint for the people who speak for an employer."""
    return RoomBlueprint(room, name, auth.holder(), at)


def for_officers(room: str, name: str, *, at: str = "/api/v1") -> RoomBlueprint:
    """Return a blueprint for officers; ``access`` says which offices open each door."""
    return RoomBlueprint(room, name, auth.officer(), at)


def for_partners(room: str, name: str, *, at: str = "/api/v1") -> RoomBlueprint:
    """Return a blueprint for partners: a program with an access token, or a person with a desk session."""
    return RoomBlueprint(room, name, auth.partner(), at)


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
