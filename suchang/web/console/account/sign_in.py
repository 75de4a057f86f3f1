"""Officers sign in with name, password and a second factor, and out again."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators, end_session, start_session, this_browser, way_back
from suchang.web.console.frame import blueprint
from suchang.web.languages import gettext
from suchang.workflows.account import sign_in


def enter_page(wrong: str = "", value: str = "") -> str:
    """Show the sign-in of officers, with what went wrong."""
    return render_template(
        "sign_in_password.html", action=url_for(".enter"), next=way_back("/console"), room=gettext("审批"), wrong=wrong,
        hint=gettext("经办人员登录：密码和动态口令"), value=value, totp=True, demo=collaborators().settings.demo,
        oidc=collaborators().settings.oidc,
    )  # fmt: skip


@blueprint.get("/sign-in")
def enter() -> str:
    """Ask for name, password and the second factor."""
    return enter_page()


@blueprint.post("/sign-in")
def enter_password() -> str | BaseResponse:
    """Sign an officer in."""
    name = request.form.get("username", "")[:64]
    password, totp = request.form.get("password", ""), request.form.get("totp", "").strip()[:8]
    signed = sign_in.sign_in_officer(collaborators(), name, password, totp, this_browser("officer"))
    if signed is None:
        return enter_page(gettext("用户名、密码或动态口令不对；连续输错会锁定 15 分钟。"), name)
    return start_session(cast(Response, redirect(way_back("/console"))), "officer", signed.token)


@blueprint.post("/sign-out")
def leave() -> Response:
    """Sign out of this browser; who came by the provider is shown the way out of that too."""
    response, method = end_session(cast(Response, redirect(url_for(".enter"))), "officer")
    if method.startswith("oidc"):
        response.headers["Location"] = url_for(".signed_out")
    return response
