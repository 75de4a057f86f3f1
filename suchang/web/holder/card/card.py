"""``/me``: the card and its code; lost, or replaced by another."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.domain.lifecycle.states import CardReason
from suchang.web.auth import collaborators
from suchang.web.holder import words
from suchang.web.holder.account.settings import settings_page
from suchang.web.holder.frame import blueprint, held_card, me
from suchang.web.languages import gettext
from suchang.web.words.applications import replacement_reasons
from suchang.web.words.problems import explain
from suchang.workflows.application import applications
from suchang.workflows.card import cards, replacement
from suchang.workflows.redemption import benefits


@blueprint.get("")
def card() -> Response:
    """Show the card and its code; a phone that keeps this page may show it before it asks for a newer one."""
    held = held_card()
    rights = benefits.mine(collaborators(), me()) if held else []
    first = {one["domain"]: one for one in reversed(rights) if one["available"] and one["beneficiary"] == "holder"}
    order = ("medical", "transport", "culture_sport", "schooling", "housing", "exit_entry")
    usable = [words.right(first[slug], {}) for slug in order if slug in first][:4]
    page = make_response(
        render_template(
            "holder/card/card.html",
            card=held,
            soon=usable,
            applications=applications.mine(collaborators(), me()),
            words=words.card_words(),
        )
    )
    if held:
        page.headers["X-Kept"] = "at-once"
    return page


@blueprint.post("/report-lost")
def report_lost() -> BaseResponse:
    """Suspend the card at once."""
    cards.report_lost(collaborators(), me(), reason=request.form.get("reason", "")[:500] or gettext("遗失"))
    return redirect(url_for(".card"))


@blueprint.post("/replace-card")
def replace_card() -> BaseResponse | tuple[str, int]:
    """Get another card in the place of a lost or damaged one."""
    because = request.form.get("because", "")
    reason = CardReason(because) if because in dict(replacement_reasons()) else CardReason.LOST
    try:
        replacement.for_holder(
            collaborators(), me(), because=reason, reason=request.form.get("reason", "").strip()[:500],
            identity_number=request.form.get("identity_number", "").strip()[:40],
        )  # fmt: skip
    except DomainError as error:
        return settings_page(wrong=explain(error)), 409
    return redirect(url_for(".card"))
