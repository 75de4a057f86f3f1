"""``/me/settings``: the person, the phones, the address for messages."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.holder import words
from suchang.web.holder.frame import blueprint, held_card, me
from suchang.web.words.applications import replacement_reasons
from suchang.web.words.problems import explain
from suchang.web.words.sign_ins import method_name
from suchang.workflows.account import own_sessions, passkeys
from suchang.workflows.account.browsers import browser_name
from suchang.workflows.people import identity


@blueprint.get("/settings")
def settings() -> str:
    """Show the person, the phones, and what to do when one is lost."""
    return settings_page()


def settings_page(email: str | None = None, email_wrong: str = "", wrong: str = "") -> str:
    person = identity.me(collaborators(), me())
    return render_template(
        "holder/account/settings.html", me=person, card=held_card(), passkeys=passkeys.mine(collaborators(), me()),
        here=browser_name(request.user_agent.string), words=words.passkey_words(),
        sessions=own_sessions.mine(collaborators(), me()), method_name=method_name,
        email=person["email"] or "" if email is None else email, email_wrong=email_wrong,
        replaceable=replacement_reasons(), wrong=wrong,
    )  # fmt: skip


@blueprint.post("/email")
def leave_email() -> str | BaseResponse:
    """Take down the address for messages, or forget it when the field is empty."""
    typed = request.form.get("email", "").strip()
    try:
        identity.set_email(collaborators(), me(), typed or None)
    except DomainError as error:
        return settings_page(typed[:254], explain(error))
    return redirect(url_for(".settings"))
