"""``/employer``: the person who speaks for an employer answers for its people."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, signed_in
from suchang.web.words.applications import due
from suchang.web.words.problems import explain
from suchang.workflows.people import employers
from suchang.workflows.runtime.actors import HolderActor

blueprint = Blueprint("employer_pages", "suchang.web.employer", url_prefix="/employer", template_folder="templates")
blueprint.before_request(signed_in("holder", "holder_pages.enter"))


def _me() -> HolderActor:
    return cast(HolderActor, g.actor)


def _page(uscc: str = "", wrong: str = "", done: bool = False) -> str:
    own = employers.mine(collaborators(), _me())
    if not uscc and len(own) == 1:
        uscc = str(own[0]["uscc"])
    waiting: list[dict[str, Any]] = []
    staff: list[dict[str, Any]] = []
    search = request.args.get("q", "").strip()[:40]
    if uscc:
        try:
            waiting = employers.waiting(collaborators(), _me(), uscc)
            staff = employers.staff(collaborators(), _me(), uscc, search=search or None)
        except DomainError as error:
            wrong, uscc = wrong or explain(error), ""
    rows = [row | {"due": due(row | {"state": "awaiting_employer"})} for row in waiting]
    name = next((one["name"] for one in own if one["uscc"] == uscc), "")
    return render_template(
        "employer/people/employment.html", uscc=uscc, name=name, own=own, waiting=rows, staff=staff, search=search,
        wrong=wrong, done=done,
    )  # fmt: skip


@blueprint.get("")
def desk() -> str:
    """Show who waits for this employer's word."""
    return _page(request.args.get("uscc", "").strip().upper()[:18], done="done" in request.args)


def _after(uscc: str) -> BaseResponse:
    return redirect(url_for(".desk", uscc=uscc, done=1))


@blueprint.post("/<uscc>/confirmations/<application_id>")
def answer(uscc: str, application_id: str) -> str | BaseResponse:
    """Confirm an employment, or send the application back."""
    employed, reason = request.form.get("employed") == "yes", request.form.get("reason", "").strip()[:500]
    try:
        employers.answer(collaborators(), _me(), uscc, application_id, employed=employed, reason=reason)
    except DomainError as error:
        return _page(uscc, explain(error))
    return _after(uscc)


@blueprint.post("/<uscc>/people")
def people(uscc: str) -> str | BaseResponse:
    """File a departure or an arrival by card number."""
    number = request.form.get("number", "").replace(" ", "").upper()[:20]
    try:
        if request.form.get("what") == "left":
            employers.file_departure(collaborators(), _me(), uscc, number=number)
        else:
            employers.confirm_arrival(collaborators(), _me(), uscc, number=number)
    except DomainError as error:
        return _page(uscc, explain(error))
    return _after(uscc)
