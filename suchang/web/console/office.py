"""Cards in the console."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.domain.lifecycle.states import CardEvent, CardReason
from suchang.web import case_words as words
from suchang.web.auth import parts
from suchang.web.console.routes import blueprint, frame, officer
from suchang.web.problem_words import explain
from suchang.workflows import cards


@blueprint.get("/cards")
def card_list() -> str:
    """List cards, or find one by number or name."""
    search = request.args.get("q", "")[:40]
    found = cards.list_cards(parts(), officer(), search=search or None)
    return render_template("console/cards.html", cards=found, search=search, reasons=words.reason_names(), **frame())


@blueprint.post("/cards/<card_id>/<act>")
def change_card(card_id: str, act: str) -> BaseResponse | tuple[str, int]:
    """Suspend, restore or revoke a card."""
    events = {"suspend": CardEvent.SUSPEND, "restore": CardEvent.RESTORE, "revoke": CardEvent.REVOKE}
    if act not in events:
        return redirect(url_for("console_pages.card_list"))
    because = request.form.get("because", "")
    reason = CardReason(because) if because in {one.value for one in CardReason} and act != "restore" else None
    said = request.form.get("reason", "").strip()[:2000]
    try:
        cards.change(parts(), officer(), card_id, events[act], because=reason, reason=said)
    except DomainError as error:
        found = cards.list_cards(parts(), officer())
        page = render_template(
            "console/cards.html", cards=found, search="", reasons=words.reason_names(), wrong=explain(error), **frame()
        )
        return page, 409
    return redirect(url_for("console_pages.card_list", q=request.args.get("q")))
