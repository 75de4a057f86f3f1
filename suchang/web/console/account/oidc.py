"""Officers sign in by the OpenID provider: out to it, back from it, our one-time password on top where it is needed."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, inside, start_session, this_browser, way_back
from suchang.web.console.account.sign_in import enter_page
from suchang.web.console.frame import blueprint
from suchang.web.languages import gettext
from suchang.web.words.problems import explain
from suchang.workflows.account.sign_on import oidc, oidc_sign_in

COOKIE = "sc_oidc"
"""Holds the browser's secret while it is at the provider. Lax, because it comes back by a link from there."""


def _keep(response: BaseResponse, secret: str) -> Response:
    response.set_cookie(
        COOKIE, secret, max_age=oidc.STARTED_SECONDS, path="/console", httponly=True, samesite="Lax",
        secure=request.is_secure,
    )  # fmt: skip
    return cast(Response, response)


def _into(back: str, token: str) -> Response:
    response = start_session(cast(Response, redirect(inside(back, "/console"))), "officer", token)
    response.delete_cookie(COOKIE, path="/console")
    return response


@blueprint.get("/sign-in/oidc")
def enter_oidc() -> str | BaseResponse:
    """Send the browser to the provider."""
    try:
        started = oidc.begin(collaborators(), way_back("/console"))
    except DomainError as error:
        return enter_page(explain(error))
    return _keep(redirect(started.url), started.secret)


@blueprint.get("/sign-in/oidc/callback")
def oidc_callback() -> str | BaseResponse:
    """Take the browser back from the provider."""
    try:
        arrived = oidc.finish(collaborators(), request.args.to_dict(), request.cookies.get(COOKIE, ""))
        signed = oidc_sign_in.arrive(collaborators(), arrived, this_browser("officer"))
    except DomainError as error:
        return enter_page(explain(error))
    if isinstance(signed, str):
        return _keep(redirect(url_for("console_pages.oidc_code")), signed)
    return _into(arrived.back, signed.token)


@blueprint.get("/sign-in/oidc/code")
def oidc_code() -> str:
    """Ask for the one-time password on top."""
    return _code_page()


def _code_page(wrong: str = "") -> str:
    return render_template("console/account/oidc_code.html", wrong=wrong, demo=collaborators().settings.demo)


@blueprint.post("/sign-in/oidc/code")
def oidc_prove() -> str | BaseResponse:
    """Take the one-time password."""
    totp = request.form.get("totp", "").strip()[:8]
    try:
        signed, back = oidc_sign_in.prove(
            collaborators(), request.cookies.get(COOKIE, ""), totp, this_browser("officer")
        )
    except DomainError as error:
        return enter_page(explain(error))
    if signed is None:
        return _code_page(gettext("动态口令不对；连续输错会锁定 15 分钟。"))
    return _into(back, signed.token)


@blueprint.get("/signed-out")
def signed_out() -> str:
    """Show that only this house was left, and the way out of the provider too."""
    return render_template("console/account/signed_out.html")


@blueprint.get("/sign-out/oidc")
def leave_oidc() -> str | BaseResponse:
    """Send the browser to the provider to end its session there; a link, since a form may not lead elsewhere."""
    try:
        return redirect(oidc.sign_out_url(collaborators()))
    except DomainError as error:
        return enter_page(explain(error))
