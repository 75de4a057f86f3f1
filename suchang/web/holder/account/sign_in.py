"""Holders sign in with a code that goes to their phone, and out again."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, end_session, start_session, this_browser, way_back
from suchang.web.holder import words
from suchang.web.holder.frame import blueprint
from suchang.web.words.problems import explain
from suchang.workflows.account import sign_in


@blueprint.get("/sign-in")
def enter() -> str:
    """Ask for the phone number."""
    return enter_page(way_back("/me"))


def enter_page(back: str, **more: Any) -> str:
    """Show the sign-in; it asks for the number, or for the code where ``phone`` says to which it went."""
    page = {"phone": "", "value": "", "words": words.passkey_words()} | more
    return render_template("sign_in_phone.html", action=url_for("holder_pages.enter"), next=back, **page)


@blueprint.post("/sign-in")
def enter_phone() -> str | BaseResponse:
    """Send a code, or take the code that was typed."""
    phone, code = request.form.get("phone", "")[:24], request.form.get("code", "").strip()[:12]
    back = way_back("/me")
    try:
        if code:
            signed = sign_in.sign_in_with_code(collaborators(), phone, code, this_browser("holder"))
            return start_session(cast(Response, redirect(back)), "holder", signed.token)
        shown = sign_in.request_code(collaborators(), phone)
    except DomainError as error:
        return enter_page(back, wrong=explain(error), **({"phone": phone} if code else {"value": phone}))
    return enter_page(back, phone=phone, demo_code=shown if collaborators().settings.demo else "")


@blueprint.post("/sign-out")
def leave() -> Response:
    """Sign out of this browser."""
    return end_session(cast(Response, redirect("/")), "holder")[0]
