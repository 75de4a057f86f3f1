"""Cards in the console."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.domain.lifecycle.states import CardEvent, CardReason
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.words import applications as words
from suchang.web.words.problems import explain
from suchang.workflows.card import cards, replacement


@blueprint.get("/cards")
def card_list() -> str:
    """List cards, or find one by number or name."""
    return _cards(request.args.get("q", "")[:40])


def _cards(search: str = "", wrong: str = "") -> str:
    return render_template(
        "console/card/cards.html", cards=cards.list_cards(collaborators(), officer(), search=search or None),
        search=search, reasons=words.reason_names(), replaceable=words.replacement_reasons(), wrong=wrong, **frame(),
    )  # fmt: skip


_EVENTS = {"suspend": CardEvent.SUSPEND, "restore": CardEvent.RESTORE, "revoke": CardEvent.REVOKE}


@blueprint.post("/cards/<card_id>/<act>")
def change_card(card_id: str, act: str) -> BaseResponse | tuple[str, int]:
    """Suspend, restore, revoke or replace a card."""
    if act not in (*_EVENTS, "replace"):
        return redirect(url_for("console_pages.card_list"))
    because = request.form.get("because", "")
    reason = CardReason(because) if because in {one.value for one in CardReason} and act != "restore" else None
    said = request.form.get("reason", "").strip()[:2000]
    try:
        if act == "replace":
            replacement.by_officer(collaborators(), officer(), card_id, because=reason or CardReason.LOST, reason=said)
        else:
            cards.change(collaborators(), officer(), card_id, _EVENTS[act], because=reason, reason=said)
    except DomainError as error:
        return _cards(wrong=explain(error)), 409
    return redirect(url_for("console_pages.card_list", q=request.args.get("q")))
