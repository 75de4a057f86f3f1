"""Leave and deputies: who acts for whom and until when."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.console.frame import STAND_IN, blueprint, frame, officer
from suchang.web.words import applications as words
from suchang.web.words.problems import explain
from suchang.workflows.casework import deputies

Page = BaseResponse | str | tuple[str, int]


@blueprint.get("/deputies")
def deputy_list() -> str:
    """Show leaves and deputies, and a form to enter a leave."""
    return _deputies()


def _deputies(wrong: str = "") -> str:
    colleagues = [
        (one["id"], f"{one['name']} · {words.role_names(frozenset(Role(role) for role in one['roles']))}")
        for one in deputies.colleagues(collaborators(), officer())
    ]
    return render_template(
        "console/casework/deputies.html",
        rows=deputies.overview(collaborators(), officer()),
        colleagues=colleagues,
        today=local_date(collaborators().clock()).isoformat(),
        over=request.args.get("over") == "1",
        wrong=wrong,
        form=request.form,
        **frame(),
    )


@blueprint.post("/deputies")
def deputy_enter() -> Page:
    """Enter a leave."""
    try:
        first, last = (date.fromisoformat(request.form.get(name, "")[:10]) for name in ("from_day", "until_day"))
    except ValueError:
        first = last = date.min
    try:
        deputies.enter(
            collaborators(), officer(), deputy_id=request.form.get("deputy", "")[:64], from_day=first, until_day=last,
            reason=request.form.get("reason", "").strip()[:500],
            for_officer=request.form.get("officer", "")[:64] or None,
        )  # fmt: skip
    except DomainError as error:
        return _deputies(explain(error)), 409
    return redirect(url_for(".deputy_list"))


@blueprint.post("/deputies/<deputation_id>/end")
def deputy_end(deputation_id: str) -> BaseResponse:
    """End a deputation early."""
    deputies.end(collaborators(), officer(), deputation_id)
    return redirect(url_for(".deputy_list"))


@blueprint.post("/stand-in")
def stand_in() -> BaseResponse:
    """Begin or stop acting for somebody on leave."""
    absent = request.form.get("officer", "")[:64]
    response = redirect(url_for(".queue", mine="1") if absent else url_for(".queue"))
    if absent:
        deputies.acting_for(collaborators(), officer(), absent)
        response.set_cookie(STAND_IN, absent, httponly=True, samesite="Lax", secure=request.is_secure)
    else:
        response.delete_cookie(STAND_IN)
    return response
