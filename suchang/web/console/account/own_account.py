"""An officer's own account: where they are signed in."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.words.sign_ins import end_as_asked, method_name
from suchang.workflows.account import own_sessions


@blueprint.get("/me")
def my_account() -> str:
    """Show where the officer is signed in."""
    sessions = own_sessions.mine(collaborators(), officer())
    lifetime = collaborators().settings.lifetimes["officer"]
    return render_template(
        "console/account/own_account.html", sessions=sessions, lifetime=lifetime, method_name=method_name, **frame()
    )


@blueprint.post("/me/sessions")
def end_my_sessions() -> BaseResponse:
    """Sign the officer out of one place, everywhere else, or everywhere."""
    return end_as_asked(officer(), page="console_pages.my_account", door="console_pages.enter")
