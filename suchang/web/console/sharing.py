"""How officers share the work: leave and deputies, views of the queue, phrases for reasons."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.domain.vocabulary import PhraseKind
from suchang.web import case_words as words
from suchang.web.auth import collaborators
from suchang.web.console.routes import HAT, blueprint, frame, officer
from suchang.web.problem_words import explain
from suchang.workflows.casework import deputies, phrases, saved_views

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
        "console/deputies.html",
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
        response.set_cookie(HAT, absent, httponly=True, samesite="Lax", secure=request.is_secure)
    else:
        response.delete_cookie(HAT)
    return response


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


@blueprint.get("/phrases")
def phrase_list() -> str:
    """Show the phrases for reasons; supervisors add and retire them here."""
    return render_template(
        "console/phrases.html",
        phrases=phrases.usable(collaborators(), officer()),
        kinds=words.phrase_kinds(),
        **frame(),
    )


@blueprint.post("/phrases")
def phrase_add() -> BaseResponse:
    """Add a phrase."""
    kind = request.form.get("kind", "")
    zh, en = (request.form.get(name, "").strip()[:500] for name in ("zh", "en"))
    if kind in {one.value for one in PhraseKind} and zh and en:
        phrases.add(collaborators(), officer(), kind=PhraseKind(kind), zh=zh, en=en)
    return redirect(url_for(".phrase_list"))


@blueprint.post("/phrases/<phrase_id>/retire")
def phrase_retire(phrase_id: str) -> BaseResponse:
    """Take a phrase out of use."""
    phrases.retire(collaborators(), officer(), phrase_id)
    return redirect(url_for(".phrase_list"))
