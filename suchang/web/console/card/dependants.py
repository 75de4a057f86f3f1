"""Declared dependants in the console: an officer looks at the proof and confirms, or turns the declaration down."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError, Forbidden
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.languages import gettext
from suchang.web.words.problems import explain
from suchang.workflows.card import dependants


@blueprint.get("/dependants")
def dependant_list() -> str:
    """Show the declarations that wait, the longest waiting first."""
    return _page()


def _page(wrong: str = "") -> str:
    rows = dependants.waiting(collaborators(), officer())
    return render_template("console/card/dependants.html", rows=rows, wrong=wrong, **frame())


@blueprint.post("/dependants/<dependant_id>")
def dependant_decide(dependant_id: str) -> BaseResponse | tuple[str, int]:
    """Confirm a dependant, or turn the declaration down with a reason."""
    confirm, reason = request.form.get("outcome") == "confirm", request.form.get("reason", "").strip()[:500]
    if not reason:
        return _page(gettext("请写明看了什么材料，或为什么不予确认。")), 422
    try:
        dependants.decide(collaborators(), officer(), dependant_id, confirm=confirm, reason=reason)
    except DomainError as error:
        if isinstance(error, Forbidden) and error.code != "own_case":
            raise
        return _page(explain(error)), 409
    return redirect(url_for("console_pages.dependant_list"))
