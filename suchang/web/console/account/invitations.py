"""An invited officer's own page: first the identity number, then password and second factor, and nobody looks on."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint
from suchang.web.holder.credential.paper_code import paper_code
from suchang.web.languages import gettext
from suchang.web.words.problems import explain
from suchang.workflows.account import invitations
from suchang.workflows.account.invitations import Opened


def _page(opened: Opened | None = None, wrong: str = "", status: int = 200, *, over: bool = False) -> Response:
    picture = paper_code(opened.totp_uri, gettext("给身份验证器扫的码")) if opened is not None else None
    number = request.form.get("number", "")[:40] if opened is not None else ""
    page = render_template(
        "console/account/invitation.html", opened=opened, picture=picture, wrong=wrong, number=number, over=over
    )
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.get("/invitations/<token>")
def invitation(token: str) -> Response:
    """Ask who is there, before anything is shown."""
    try:
        invitations.look(collaborators(), token)
    except DomainError as error:
        return _page(wrong=explain(error), status=404, over=True)
    return _page()


@blueprint.post("/invitations/<token>")
def invitation_answer(token: str) -> Response | BaseResponse:
    """Show the drawn second factor after the number, or take password and first code."""
    number, sealed = request.form.get("number", "")[:40], request.form.get("sealed", "")[:400]
    try:
        if sealed:
            return _set(token, number, sealed)
        found = invitations.open_invitation(collaborators(), token, number)
    except DomainError as error:
        return _page(wrong=explain(error), status=409, over=error.code in ("invitation_over", "no_invitation"))
    if isinstance(found, DomainError):
        return _page(wrong=explain(found), status=422)
    return _page(found)


def _set(token: str, number: str, sealed: str) -> Response | BaseResponse:
    form = request.form
    password = form.get("password", "")
    opened = invitations.again(collaborators(), token, sealed)
    if password != form.get("again", ""):
        return _page(opened, gettext("两次输入的密码不一样。"), 422)
    try:
        done = invitations.accept(
            collaborators(), token, identity_number=number, sealed=sealed, password=password,
            totp=form.get("totp", "").strip()[:8],
        )  # fmt: skip
    except DomainError as error:
        return _page(opened, explain(error), 422)
    if isinstance(done, DomainError):
        return _page(wrong=explain(done), status=422)
    return redirect(url_for("console_pages.enter", ready=1))
