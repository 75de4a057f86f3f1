"""``/console/partners/<id>``: everything about one partner on one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import CITIES
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError, Forbidden
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.console.partner.scopes import scope_list, scope_name, scope_names
from suchang.web.formats import month as month_text
from suchang.web.languages import gettext, in_language
from suchang.web.words.problems import explain
from suchang.workflows.partner import overview, partners
from suchang.workflows.partner.tokens import SANDBOX
from suchang.workflows.redemption import settlement

MONTHS = 12
Answer = str | BaseResponse | tuple[str, int]


def cities() -> list[tuple[str, str]]:
    return [(code, in_language(*names)) for code, names in CITIES.items()]


def said(error: DomainError) -> str:
    """Explain an error on its page; who has no business here gets no page."""
    if isinstance(error, Forbidden):
        raise error
    return explain(error)


@blueprint.get("/partners/<partner_id>")
def partner(partner_id: str) -> str:
    """Show one partner."""
    return partner_page(partner_id)


def partner_page(partner_id: str, wrong: str = "", shown: dict[str, str] | None = None) -> str:
    """Show a partner, with what stands in the way, or with a secret that is shown this once."""
    found = overview.show(collaborators(), officer(), partner_id)
    months = _months(local_date(collaborators().clock()))
    chosen = request.args.get("month", "")
    chosen = chosen if chosen in dict(months) else months[0][0]
    return render_template(
        "console/partner/partner.html",
        partner=found,
        sites={one["id"]: one["name"] for one in found["sites"]},
        cities=cities(),
        scopes=scope_list(found["domains"]),
        sandbox=SANDBOX,
        scope_name=scope_name,
        scope_names=scope_names,
        events={"suspended": gettext("暂停"), "restored": gettext("恢复"), "ended": gettext("终止")},
        months=months,
        month=chosen,
        report=settlement.for_officer(collaborators(), officer(), partner_id, chosen).to_json(),
        wrong=wrong,
        shown=shown,
        form=request.form,
        **frame(),
    )


def _months(today: date) -> list[tuple[str, str]]:
    first = [(today.year * 12 + today.month - 1 - back) for back in range(MONTHS)]
    codes = [f"{one // 12}-{one % 12 + 1:02d}" for one in first]
    return [(code, month_text(f"{code}-01")) for code in codes]


def act(partner_id: str, act: Callable[[], object], anchor: str) -> Answer:
    """Do something to a partner and go back to where it stood, or show what is in the way."""
    try:
        act()
    except DomainError as error:
        return partner_page(partner_id, said(error)), 409
    return redirect(url_for("console_pages.partner", partner_id=partner_id, _anchor=anchor))


def once_shown(partner_id: str, act: Callable[[], dict[str, str]]) -> Answer:
    """Do something that makes a secret, and show it on the very page that answers; no cache keeps it."""
    try:
        shown = act()
    except DomainError as error:
        return partner_page(partner_id, said(error)), 409
    answer = make_response(partner_page(partner_id, shown=shown))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def text(name: str, length: int = 120) -> str:
    return request.form.get(name, "").strip()[:length]


@blueprint.post("/partners/<partner_id>/state")
def partner_state(partner_id: str) -> Answer:
    """Suspend or restore a partner."""
    state = "suspended" if request.form.get("state") == "suspended" else "active"
    return act(partner_id, lambda: partners.set_partner_state(collaborators(), officer(), partner_id, state), "top")


@blueprint.post("/partners/<partner_id>/rate")
def partner_rate(partner_id: str) -> Answer:
    """Agree how often a partner may call; an empty field stands for the usual rate."""
    typed = text("rate", 8)
    if typed and not (typed.isascii() and typed.isdigit() and int(typed)):
        return partner_page(partner_id, gettext("次数请填正整数，留空为通常的次数。")), 422
    rate = int(typed) if typed else None
    return act(partner_id, lambda: partners.set_partner_rate(collaborators(), officer(), partner_id, rate), "calls")
