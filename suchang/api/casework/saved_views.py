"""Routes of saved views of the queue."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers
from suchang.api.casework import answers, schemas
from suchang.api.requests import officer
from suchang.workflows.casework import saved_views

officers = for_officers("casework", "saved_views_officers")


@officers.get("/views")
@officers.response(200, answers.ViewsAnswer)
def list_views() -> dict[str, Any]:
    """List the views of the queue that you keep."""
    return {"items": saved_views.mine(collaborators(), officer())}


@officers.post("/views")
@officers.arguments(schemas.ViewBody)
@officers.response(201, answers.ViewAnswer)
def save_view(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Keep a view of the queue; one of the same name is replaced."""
    return saved_views.save(collaborators(), officer(), **body), 201


@officers.delete("/views/<view_id>")
@officers.response(204)
def remove_view(view_id: str) -> None:
    """Remove one of your views."""
    saved_views.remove(collaborators(), officer(), view_id)
