"""Partners in the console: taken in, their sites, desk users, programs, addresses, deliveries and settlement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import CITIES, Role
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError, Forbidden
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.formats import month as month_text
from suchang.web.languages import gettext, in_language
from suchang.web.words.domains import all_domains, domain_words
from suchang.web.words.problems import explain
from suchang.workflows.partner import clients, overview, partners, webhooks
from suchang.workflows.partner.tokens import SANDBOX
from suchang.workflows.redemption import settlement

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTHS = 12

Answer = str | BaseResponse | tuple[str, int]


@blueprint.get("/partners")
def partner_list() -> str:
    """List partners, or find some by name or credit code."""
    search = request.args.get("q", "").strip()[:40]
    found = overview.overview(collaborators(), officer(), search=search or None)
    return render_template("console/partner/partners.html", partners=found, search=search, **frame())


@blueprint.get("/partners/new")
def partner_new() -> str:
    """Ask for what a new partner is."""
    officer().need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    return _new_page()


def _new_page(wrong: str = "") -> str:
    return render_template(
        "console/partner/partner_new.html",
        domains=all_domains(),
        cities=cities(),
        form=request.form,
        wrong=wrong,
        **frame(),
    )


def cities() -> list[tuple[str, str]]:
    return [(code, in_language(*names)) for code, names in CITIES.items()]


@blueprint.post("/partners/new")
def partner_register() -> Answer:
    """Take a partner in with its first site."""
    form = request.form
    name, site = form.get("name", "").strip()[:120], form.get("site", "").strip()[:120]
    if not name or not site:
        return _new_page(gettext("请填写机构名称和第一个窗口。")), 422
    try:
        made = partners.register_partner(
            collaborators(), officer(), name=name, uscc=form.get("uscc", "")[:40], domains=form.getlist("domains")[:20],
            sites=[(site, form.get("city", "")[:6])],
        )  # fmt: skip
    except DomainError as error:
        return _new_page(said(error)), 409
    return redirect(url_for("console_pages.partner", partner_id=made["id"]))


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


def scope_list(domains: list[str]) -> list[str]:
    return [f"{verb}:{domain}" for domain in domains for verb in partners.VERBS] + ["verify:offline"]


def scope_name(scope: str) -> str:
    """Name a scope in the reader's language."""
    verb, _, domain = scope.partition(":")
    if scope == "verify:offline":
        return gettext("离线核验补传")
    if not domain:
        return gettext("沙箱")
    act = gettext("核验") if verb == "verify" else gettext("核销")
    return f"{act} · {domain_words(domain).name}"


def scope_names(scopes: list[str]) -> str:
    """Name what somebody may do, in the order in which one would tell it."""
    known = [f"{verb}:{one.slug}" for one in all_domains() for verb in partners.VERBS]
    ordered = [one for one in (*known, "verify:offline", SANDBOX) if one in scopes]
    return gettext("、").join(scope_name(one) for one in ordered)


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


@blueprint.post("/partners/<partner_id>/sites")
def partner_site(partner_id: str) -> Answer:
    """Add a site."""
    name, city = text("name"), text("city", 6)
    if not name:
        return partner_page(partner_id, gettext("请填写窗口名称。")), 422
    return act(
        partner_id, lambda: overview.add_site(collaborators(), officer(), partner_id, name=name, city=city), "sites"
    )


@blueprint.post("/partners/<partner_id>/operators")
def partner_operator(partner_id: str) -> Answer:
    """Return a person at a desk an account; the first password is drawn and shown once."""
    username, name, site = text("username", 64), text("name", 60), text("site", 40)
    if not username or not name:
        return partner_page(partner_id, gettext("请填写用户名和姓名。")), 422

    def act() -> dict[str, str]:
        password = overview.new_password()
        partners.add_desk_operator(
            collaborators(), officer(), partner_id, site_id=site, username=username, name=name, password=password,
            scopes=request.form.getlist("scopes")[:40],
        )  # fmt: skip
        return {"what": "password", "name": username, "secret": password}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/operators/<operator_id>/state")
def operator_state(partner_id: str, operator_id: str) -> Answer:
    """Close an account at a desk, or open it again."""
    active = request.form.get("state") == "active"
    return act(
        partner_id,
        lambda: overview.set_operator_state(collaborators(), officer(), partner_id, operator_id, active=active),
        "operators",
    )


@blueprint.post("/partners/<partner_id>/operators/<operator_id>/password")
def operator_password(partner_id: str, operator_id: str) -> Answer:
    """Return an account at a desk a new password."""

    def act() -> dict[str, str]:
        password = overview.renew_password(collaborators(), officer(), partner_id, operator_id)
        return {"what": "password", "name": text("username", 64), "secret": password}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/clients")
def partner_client(partner_id: str) -> Answer:
    """Return a program an identifier and a secret."""
    name, site = text("name"), text("site", 40)
    if not name:
        return partner_page(partner_id, gettext("请填写程序名称。")), 422

    def act() -> dict[str, str]:
        made = partners.add_client(
            collaborators(),
            officer(),
            partner_id,
            name=name,
            scopes=request.form.getlist("scopes")[:40],
            site_id=site or None,
        )
        return {"what": "client", "name": made.client_id, "secret": made.secret}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/clients/<client_id>/secret")
def client_secret(partner_id: str, client_id: str) -> Answer:
    """Rotate a program's secret."""

    def act() -> dict[str, str]:
        at_once = request.form.get("at_once") == "yes"
        made = clients.rotate_secret(collaborators(), officer(), partner_id, client_id, at_once=at_once)
        return {"what": "client", "name": made.client_id, "secret": made.secret}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/clients/<client_id>/networks")
def client_networks(partner_id: str, client_id: str) -> Answer:
    """Say from which networks a program may call."""
    networks = request.form.get("networks", "")[:4000].replace(",", " ").split()[:50]
    return act(
        partner_id,
        lambda: clients.set_networks(collaborators(), officer(), partner_id, client_id, networks),
        "clients",
    )


@blueprint.post("/partners/<partner_id>/clients/<client_id>/state")
def client_state(partner_id: str, client_id: str) -> Answer:
    """Suspend or restore a program."""
    state = "suspended" if request.form.get("state") == "suspended" else "active"
    return act(
        partner_id, lambda: clients.set_state(collaborators(), officer(), partner_id, client_id, state), "clients"
    )


@blueprint.post("/partners/<partner_id>/webhooks")
def partner_webhook(partner_id: str) -> Answer:
    """Take an address in; its secret is shown once."""

    def act() -> dict[str, str]:
        made = webhooks.register(collaborators(), officer(), partner_id, text("url", 500))
        return {"what": "webhook", "name": made["url"], "secret": made["secret"]}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/webhooks/<endpoint_id>/secret")
def webhook_secret(partner_id: str, endpoint_id: str) -> Answer:
    """Rotate an address's secret."""

    def act() -> dict[str, str]:
        made = webhooks.rotate(collaborators(), officer(), endpoint_id)
        return {"what": "webhook", "name": made["url"], "secret": made["secret"]}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/webhooks/<endpoint_id>/state")
def webhook_state(partner_id: str, endpoint_id: str) -> Answer:
    """Suspend or restore an address."""
    state = "suspended" if request.form.get("state") == "suspended" else "active"
    return act(partner_id, lambda: webhooks.set_state(collaborators(), officer(), endpoint_id, state), "webhooks")


@blueprint.post("/partners/<partner_id>/deliveries/<delivery_id>/again")
def delivery_again(partner_id: str, delivery_id: str) -> Answer:
    """Have a delivery sent again."""
    return act(
        partner_id, lambda: overview.send_again(collaborators(), officer(), partner_id, delivery_id), "deliveries"
    )


@blueprint.get("/partners/<partner_id>/settlement")
def partner_settlement(partner_id: str) -> Response:
    """Return the settlement report of a month to keep: CSV, or a workbook."""
    report = settlement.for_officer(collaborators(), officer(), partner_id, request.args.get("month", "")[:7])
    as_csv = request.args.get("format") == "csv"
    data, kind = (report.to_csv(), "text/csv; charset=utf-8") if as_csv else (report.to_xlsx(), XLSX)
    answer = Response(data, content_type=kind)
    name = f"settlement-{report.month}.{'csv' if as_csv else 'xlsx'}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
