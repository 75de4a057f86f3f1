"""An officer's own account: where they are signed in, and another password."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators, start_session
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.words.sign_ins import end_as_asked, method_name, new_password
from suchang.workflows.account import own_sessions


@blueprint.get("/me")
def my_account() -> str:
    """Show where the officer is signed in."""
    return _page(done="done" in request.args)


def _page(wrong: str = "", *, done: bool = False) -> str:
    sessions = own_sessions.mine(collaborators(), officer())
    lifetime = collaborators().settings.lifetimes["officer"]
    return render_template(
        "console/account/own_account.html",
        sessions=sessions,
        lifetime=lifetime,
        method_name=method_name,
        wrong=wrong,
        done=done,
        **frame(),
    )


@blueprint.post("/me/sessions")
def end_my_sessions() -> BaseResponse:
    """Sign the officer out of one place, everywhere else, or everywhere."""
    return end_as_asked(officer(), page="console_pages.my_account", door="console_pages.enter")


@blueprint.post("/me/password")
def change_my_password() -> BaseResponse | tuple[str, int]:
    """Set another password with the one there is; every other session ends."""
    done = new_password(officer())
    if isinstance(done, str):
        return _page(done), 422
    return start_session(cast(Response, redirect(url_for(".my_account", done=1))), "officer", done.token)
