"""Routes of leave and deputies."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers
from suchang.api.casework import answers, schemas
from suchang.api.requests import officer
from suchang.api.schemas import NothingBody
from suchang.workflows.casework import deputies

officers = for_officers("casework", "deputies_officers")


@officers.get("/colleagues")
@officers.response(200, answers.ColleaguesAnswer)
def list_colleagues() -> dict[str, Any]:
    """List the officers to whom a case or a queue can be handed."""
    return {"items": deputies.colleagues(collaborators(), officer())}


@officers.get("/deputations")
@officers.response(200, answers.DeputationsAnswer)
def list_deputations() -> dict[str, Any]:
    """List your leaves and those in which you stand in; for supervisors, everybody's in the city."""
    return {"items": deputies.overview(collaborators(), officer())}


@officers.post("/deputations")
@officers.arguments(schemas.DeputyBody)
@officers.response(201, answers.DeputationAnswer)
def name_deputy(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Hand your queue to a deputy for some days; a supervisor may do it for somebody who is ill."""
    made = deputies.enter(
        collaborators(),
        officer(),
        deputy_id=body["deputy"],
        from_day=body["from_day"],
        until_day=body["until_day"],
        reason=body["reason"],
        for_officer=body["officer"],
    )
    return made, 201


@officers.post("/deputations/<deputation_id>/end")
@officers.arguments(NothingBody)
@officers.response(200, answers.DeputationAnswer)
def end_deputation(body: dict[str, Any], deputation_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """End a deputation early."""
    return deputies.end(collaborators(), officer(), deputation_id)
