"""Where somebody is signed in, and their own password, on the pages of holders, officers and desks."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, end_session, this_browser
from suchang.web.languages import gettext
from suchang.web.words.problems import explain
from suchang.workflows.account import own_sessions
from suchang.workflows.account.own_password import change_password
from suchang.workflows.account.own_sessions import Person
from suchang.workflows.account.sign_in import SignedIn
from suchang.workflows.runtime.actors import OfficerActor, PartnerActor


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


def new_password(actor: OfficerActor | PartnerActor) -> SignedIn | str:
    """Take the form of another password; gives the fresh session, or what is wrong in one sentence."""
    form = request.form
    if form.get("new", "") != form.get("again", ""):
        return gettext("两次输入的密码不一样。")
    kind = "officer" if isinstance(actor, OfficerActor) else "desk"
    try:
        done = change_password(
            collaborators(), actor, old=form.get("old", ""), new=form.get("new", ""), browser=this_browser(kind)
        )
    except DomainError as error:
        return explain(error)
    return explain(done) if isinstance(done, DomainError) else done
