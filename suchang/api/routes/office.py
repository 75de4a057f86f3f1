"""Routes for what officers arrange among themselves: leave and deputies, views of the queue, phrases."""

from __future__ import annotations

from typing import Any

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import officer
from suchang.workflows.casework import deputies, phrases, saved_views

blueprint = Blueprint("office", __name__, url_prefix="/api/v1", description="For officers: how the work is shared")
blueprint.before_request(auth.officer())


@blueprint.get("/colleagues")
@blueprint.response(200)
def colleagues() -> dict[str, Any]:
    """List the officers to whom a case or a queue can be handed."""
    return {"items": deputies.colleagues(collaborators(), officer())}


@blueprint.get("/deputations")
@blueprint.response(200)
def deputations() -> dict[str, Any]:
    """List your leaves and those in which you stand in; for supervisors, everybody's in the city."""
    return {"items": deputies.overview(collaborators(), officer())}


@blueprint.post("/deputations")
@blueprint.arguments(schemas.officer.DeputyBody)
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


@blueprint.post("/deputations/<deputation_id>/end")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(200)
def end_deputation(body: dict[str, Any], deputation_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """End a deputation early."""
    return deputies.end(collaborators(), officer(), deputation_id)


@blueprint.get("/views")
@blueprint.response(200)
def views() -> dict[str, Any]:
    """List the views of the queue that you keep."""
    return {"items": saved_views.mine(collaborators(), officer())}


@blueprint.post("/views")
@blueprint.arguments(schemas.officer.ViewBody)
def save_view(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Keep a view of the queue; one of the same name is replaced."""
    return saved_views.save(collaborators(), officer(), **body), 201


@blueprint.delete("/views/<view_id>")
@blueprint.response(204)
def remove_view(view_id: str) -> None:
    """Remove one of your views."""
    saved_views.remove(collaborators(), officer(), view_id)


@blueprint.get("/phrases")
@blueprint.response(200)
def phrase_list() -> dict[str, Any]:
    """List the ready-made phrases for reasons that you can use."""
    return {"items": phrases.usable(collaborators(), officer())}


@blueprint.post("/phrases")
@blueprint.arguments(schemas.officer.PhraseBody)
def add_phrase(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add a phrase for your city, or for the province."""
    return phrases.add(collaborators(), officer(), **body), 201


@blueprint.post("/phrases/<phrase_id>/retirement")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(204)
def retire_phrase(body: dict[str, Any], phrase_id: str) -> None:  # noqa: ARG001 - an empty body
    """Take a phrase out of use."""
    phrases.retire(collaborators(), officer(), phrase_id)
