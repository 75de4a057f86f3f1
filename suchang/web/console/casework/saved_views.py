"""An officer's own views of the queue: kept under a name, removed."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, officer
from suchang.workflows.casework import saved_views


@blueprint.post("/views")
def save_view() -> BaseResponse:
    """Keep the filters of this address under a name."""
    filters = {name: request.form.get(name, "")[:40] for name in saved_views.FILTERS}
    filters["mine"] = "true" if filters["mine"] else ""
    made = saved_views.save(collaborators(), officer(), name=request.form.get("name", "")[:40], filters=filters)
    kept = {**made["filters"], **({"mine": "1"} if "mine" in made["filters"] else {})}
    return redirect(url_for(".queue", **kept))


@blueprint.post("/views/<view_id>/remove")
def remove_view(view_id: str) -> BaseResponse:
    """Remove one's own view."""
    saved_views.remove(collaborators(), officer(), view_id)
    return redirect(url_for(".queue"))
