"""Accounts of holders recovered at a window: asked for by one officer, confirmed by another."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.holder.words import document_types
from suchang.web.words.problems import explain
from suchang.workflows.account import recovery
from suchang.workflows.account.recovery import ASKING

Page = BaseResponse | tuple[str, int]


@blueprint.get("/recovery")
def recoveries() -> str:
    """Show what waits for a second officer, and the form of the window."""
    return _page()


def _page(wrong: str = "", form: Any = None) -> str:
    types = document_types()
    return render_template(
        "console/account/recovery.html", waiting=recovery.waiting(collaborators(), officer()), types=types,
        type_names=dict(types), asks=bool(ASKING & officer().roles), done=request.args.get("done", ""),
        wrong=wrong, form=form or {}, **frame(),
    )  # fmt: skip


@blueprint.post("/recovery")
def recovery_propose() -> Page:
    """Ask for another phone number."""
    form = request.form
    try:
        recovery.propose(
            collaborators(), officer(),
            document_type=form.get("document_type", "")[:40], number=form.get("number", "")[:40],
            phone=form.get("phone", "")[:24], reason=form.get("reason", "").strip()[:500],
            seen=form.get("seen") == "yes",
        )  # fmt: skip
    except DomainError as error:
        return _page(explain(error), form), 409
    return redirect(url_for(".recoveries", done="asked"))


@blueprint.post("/recovery/<recovery_id>/confirm")
def recovery_confirm(recovery_id: str) -> Page:
    """Confirm a colleague's request."""
    try:
        recovery.confirm(collaborators(), officer(), recovery_id)
    except DomainError as error:
        return _page(explain(error)), 409
    return redirect(url_for(".recoveries", done="confirmed"))
