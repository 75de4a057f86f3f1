"""Passkeys on the holder's pages: signing in with one, taking one off the account."""

from __future__ import annotations

import json
from typing import Any, cast

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, start_session, this_browser, way_back
from suchang.web.holder.account.sign_in import enter_page
from suchang.web.holder.frame import blueprint
from suchang.web.languages import gettext
from suchang.web.words.problems import explain
from suchang.workflows.account import passkeys

_LONGEST = 40_000


def _credential() -> dict[str, Any]:
    """Read what the browser's authenticator answered; anything unreadable is an empty answer, which signs nobody in."""
    text = request.form.get("credential", "")
    try:
        found = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) and isinstance(found.get("response"), dict) else {}


@blueprint.post("/sign-in/passkey")
def enter_passkey() -> str | BaseResponse:
    """Sign a holder in by what their passkey signed."""
    back = way_back("/me")
    try:
        signed = passkeys.sign_in(collaborators(), _credential(), this_browser("holder"))
    except DomainError as error:
        return enter_page(back, passkey_wrong=explain(error))
    if signed is None:
        return enter_page(back, passkey_wrong=gettext("这个通行密钥不能登录，可能已被移除。请用手机验证码登录。"))
    return start_session(cast(Response, redirect(back)), "holder", signed.token)


@blueprint.post("/passkeys/<passkey_id>/remove")
def remove_passkey(passkey_id: str) -> BaseResponse:
    """Take a passkey off the account."""
    passkeys.remove(collaborators(), g.actor, passkey_id)
    return redirect(url_for("holder_pages.settings"))
