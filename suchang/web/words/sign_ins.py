"""Where somebody is signed in, on the pages of holders and of officers."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators, end_session
from suchang.web.languages import gettext
from suchang.workflows.account import own_sessions
from suchang.workflows.account.own_sessions import Person


def method_name(method: str) -> str:
    """Name the way in which somebody signed in."""
    names = {
        "code": gettext("短信验证码"),
        "passkey": gettext("通行密钥"),
        "password_totp": gettext("密码和动态口令"),
        "oidc": gettext("统一身份认证"),
        "oidc_totp": gettext("统一身份认证和动态口令"),
    }
    return names.get(method, gettext("密码"))


def end_as_asked(actor: Person, *, page: str, door: str) -> BaseResponse:
    """End what the form names: one session, all others or all; whoever ended this one too goes to the door."""
    which = request.form.get("which", "")
    if which not in ("others", "all"):
        own_sessions.end(collaborators(), actor, which[:40])
        return redirect(url_for(page))
    own_sessions.end_many(collaborators(), actor, here_too=which == "all")
    if which == "all":
        return end_session(cast(Response, redirect(url_for(door))), actor.kind)[0]
    return redirect(url_for(page))
