"""``/me``: the card, what it gives, who is in the family, who looked at it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError, NotFound
from suchang.domain.lifecycle.states import CardReason
from suchang.web.auth import collaborators, end_session, signed_in, start_session, this_browser, way_back
from suchang.web.case_words import replacement_reasons
from suchang.web.holder import words
from suchang.web.holder.paper_code import paper_code
from suchang.web.languages import gettext
from suchang.web.own_sessions import method_name
from suchang.web.problem_words import explain
from suchang.web.service_worker import service_worker, shelf, web_manifest
from suchang.workflows.account import own_sessions, passkeys, sign_in
from suchang.workflows.account.browsers import browser_name
from suchang.workflows.application import applications
from suchang.workflows.card import cards, dependants, replacement, verification_history
from suchang.workflows.credential import credentials, devices
from suchang.workflows.people import identity
from suchang.workflows.redemption import benefits
from suchang.workflows.runtime.actors import HolderActor

blueprint = Blueprint("holder_pages", __name__, url_prefix="/me", template_folder="templates")
_OPENED = ("enter", "enter_phone", "enter_passkey", "worker", "manifest", "offline")
_OPEN = frozenset({f"holder_pages.{name}" for name in _OPENED})
blueprint.before_request(signed_in("holder", "holder_pages.enter", open_endpoints=_OPEN))


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Give templates the names of tracks, relations and outcomes."""
    return {
        "track_name": words.track_name,
        "relation_name": words.relation_name,
        "outcome_name": words.outcome_name,
    }


def me() -> HolderActor:
    """Return the signed-in holder."""
    return cast(HolderActor, g.actor)


def held_card() -> dict[str, Any] | None:
    """Return the card of the signed-in person, if there is one."""
    try:
        return credentials.my_card(collaborators(), me())
    except NotFound:
        return None


def _family() -> dict[str, str]:
    return {one["id"]: words.member(one) for one in dependants.mine(collaborators(), me())}


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
            "holder/card.html",
            card=held,
            soon=usable,
            applications=applications.mine(collaborators(), me()),
            words=words.card_words(),
        )
    )
    if held:
        page.headers["X-Kept"] = "at-once"
    return page


@blueprint.get("/benefits")
def my_benefits() -> str:
    """Show every entitlement, by domain."""
    rights = benefits.mine(collaborators(), me()) if held_card() else []
    return render_template("holder/benefits.html", groups=words.grouped(rights, _family()))


@blueprint.get("/records")
def records() -> str:
    """Show who verified the card."""
    return render_template("holder/records.html", visits=verification_history.mine(collaborators(), me()))


@blueprint.get("/settings")
def settings() -> str:
    """Show the person, the phones, and what to do when one is lost."""
    return _settings()


def _settings(email: str | None = None, email_wrong: str = "", wrong: str = "") -> str:
    person = identity.me(collaborators(), me())
    return render_template(
        "holder/settings.html", me=person, card=held_card(), passkeys=passkeys.mine(collaborators(), me()),
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
        return _settings(typed[:254], explain(error))
    return redirect(url_for(".settings"))


@blueprint.post("/devices/<device_id>/remove")
def remove_device(device_id: str) -> BaseResponse:
    """Take a phone off the card."""
    devices.remove_device(collaborators(), me(), device_id)
    return redirect(url_for(".settings"))


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
        return _settings(wrong=explain(error)), 409
    return redirect(url_for(".card"))


@blueprint.route("/print", methods=["GET", "POST"])
def print_card() -> str | BaseResponse:
    """Show the printed card; a new print voids the old one."""
    held = held_card()
    if held is None or held["state"] != "active":
        return redirect(url_for(".card"))
    printed = credentials.printed_code(collaborators(), me(), renew=request.method == "POST")
    code = paper_code(printed["presentation"], gettext("打印的出示码"))
    return render_template("holder/print.html", card=held, code=code, expires=printed["expires_at"])


@blueprint.get("/sign-in")
def enter() -> str:
    """Ask for the phone number."""
    return enter_page(way_back("/me"))


def enter_page(back: str, **more: Any) -> str:
    """Show the sign-in; it asks for the number, or for the code where ``phone`` says to which it went."""
    page = {"phone": "", "value": "", "words": words.passkey_words()} | more
    return render_template("sign_in_phone.html", action=url_for("holder_pages.enter"), next=back, **page)


@blueprint.post("/sign-in")
def enter_phone() -> str | BaseResponse:
    """Send a code, or take the code that was typed."""
    phone, code = request.form.get("phone", "")[:24], request.form.get("code", "").strip()[:12]
    back = way_back("/me")
    try:
        if code:
            signed = sign_in.sign_in_with_code(collaborators(), phone, code, this_browser("holder"))
            return start_session(cast(Response, redirect(back)), "holder", signed.token)
        shown = sign_in.request_code(collaborators(), phone)
    except DomainError as error:
        return enter_page(back, wrong=explain(error), **({"phone": phone} if code else {"value": phone}))
    return enter_page(back, phone=phone, demo_code=shown if collaborators().settings.demo else "")


@blueprint.post("/sign-out")
def leave() -> Response:
    """Sign out of this browser."""
    return end_session(cast(Response, redirect("/")), "holder")[0]


@blueprint.get("/offline")
def offline() -> str:
    """Show what stands in for a page that the phone has not kept."""
    return render_template("holder/offline.html")


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the service worker that keeps the card without a network."""
    wanted = ["css/site.css", "css/holder.css", "icon.svg"]
    for module in ("js/holder/card.js", "js/holder/family.js", "js/holder/leave.js"):
        wanted += shelf().modules_of(module)
    pages = ("/me", "/me/benefits", "/me/family", "/me/records")
    return service_worker(home="/me", pages=pages, parts=wanted, spare=url_for(".offline"))


@blueprint.get("/app.webmanifest")
def manifest() -> Response:
    """Describe the card as an application that a phone can install."""
    return web_manifest(name=gettext("苏畅卡"), home="/me")
