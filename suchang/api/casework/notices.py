"""Routes of public notices and objections."""

from __future__ import annotations

from typing import Any

from suchang.api.answers import IdAnswer
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone
from suchang.api.casework import answers, schemas
from suchang.workflows.casework import notices

anyone = for_anyone("casework", "notices_anyone", at="/api/v1/notices")


@anyone.get("")
@anyone.response(200, answers.NoticesAnswer)
def list_notices() -> dict[str, Any]:
    """List the public notices of today."""
    return {"items": notices.published(collaborators())}


@anyone.post("/<application_id>/objections")
@anyone.arguments(schemas.ObjectionBody)
@anyone.response(201, IdAnswer)
def object_to_notice(body: dict[str, Any], application_id: str) -> tuple[dict[str, Any], int]:
    """Object to a notice."""
    made = notices.object_to(
        collaborators(), application_id, text=body["message"], name=body["name"], contact=body["contact"]
    )
    return made, 201
