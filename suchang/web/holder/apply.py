"""``/apply``: a short conversation: who you are, which way fits, only the evidence it needs, what happens next."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import CITIES
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError, NotFound
from suchang.web import case_words
from suchang.web.auth import collaborators, renew_session, signed_in
from suchang.web.downloads import as_download
from suchang.web.holder.fact_forms import FactForm, document_title, form_for, read_fact, yes_or_no
from suchang.web.holder.words import document_types
from suchang.web.languages import is_english
from suchang.web.portal.profiles import GROUPS, MERITS, PLACES, PROFILES, facts_of, profile
from suchang.web.problem_words import explain
from suchang.web.proofs import Proof, fact_name, proof_of, stored_proof, value_text
from suchang.workflows.application import applications, determine, evidence_files
from suchang.workflows.people import identity
from suchang.workflows.runtime.actors import HolderActor

blueprint = Blueprint("apply_pages", __name__, url_prefix="/apply", template_folder="templates")
blueprint.before_request(signed_in("holder", "holder_pages.enter"))

_EDITABLE = {"draft", "supplement_requested"}
_OVER = {"withdrawn", "lapsed", "issued"}
_ANSWERS = "apply_answers"


def _me() -> HolderActor:
    return cast(HolderActor, g.actor)


def _answers() -> dict[str, Any]:
    """Return the three answers: those of the address, else those that were given before in this browser."""
    who, place = request.args.get("who", ""), request.args.get("place", "")
    if profile(who) and place in PLACES:
        merits = [one for one in request.args.getlist("merit") if one in MERITS]
        session[_ANSWERS] = {"who": who, "place": place, "merits": merits}
    return cast(dict[str, Any], session.get(_ANSWERS) or {})


def _current() -> dict[str, Any] | None:
    """Return the application that matters: the newest, unless it is over."""
    mine = applications.mine(collaborators(), _me())
    return mine[0] if mine and mine[0]["state"] not in _OVER else None


@blueprint.get("")
def conversation() -> str:
    """Show where the applicant stands: the next question, the evidence, or the progress."""
    answers = _answers()
    person, current = identity.me(collaborators(), _me()), _current()
    if current and current["state"] not in _EDITABLE:
        return _progress(current)
    if person["identity"] is None:
        return _page("holder/apply_who.html", person=person)
    if not answers:
        return _page("holder/apply_way.html", person=person)
    if current is None:
        return _page("holder/apply_start.html", person=person, answers=answers)
    return _evidence(current, answers)


def _page(template: str, wrong: str = "", **more: Any) -> str:
    return render_template(
        template, wrong=wrong, groups=GROUPS, profiles=PROFILES, places=PLACES, merits=MERITS, cities=CITIES,
        document_types=document_types(), form=request.form, **more,
    )  # fmt: skip


def _needed(answers: dict[str, Any], has: set[str]) -> list[FactForm]:
    """List the forms that are still open: what the answers rest on, without what has been given."""
    today = local_date(collaborators().clock())
    facts = facts_of(answers.get("who", ""), answers.get("place", ""), answers.get("merits", ()), today)
    made = [form_for(collaborators().engine.pack, name, value) for name, value in facts.items() if name != "fraud_bar"]
    return [one for one in made if one is not None and one.fact not in has]


def _so_far(current: dict[str, Any]) -> Proof | None:
    pieces = [SimpleNamespace(facts=piece["facts"]) for piece in current["evidence"]]
    try:
        found = determine.precheck(collaborators(), determine.merged_facts(cast(Any, pieces)) | {"fraud_bar": False})
    except DomainError:
        return None
    return proof_of(collaborators().engine.pack, found.to_json("en" if is_english() else "zh"), translated=True)


def _evidence(current: dict[str, Any], answers: dict[str, Any], wrong: str = "") -> str:
    pack = collaborators().engine.pack
    has = {name for piece in current["evidence"] for name in piece["facts"]}
    return _page(
        "holder/apply_evidence.html", wrong, current=current, needed=_needed(answers, has), proof=_so_far(current),
        fact_name=lambda name: fact_name(pack, name), say_value=lambda name, value: value_text(pack, name, value),
        yes_or_no=yes_or_no(),
    )  # fmt: skip


def _progress(current: dict[str, Any]) -> str:
    pack, found = collaborators().engine.pack, current["determination"]
    proof = stored_proof(pack, found) if found else None
    return _page("holder/apply_progress.html", current=current, proof=proof, steps=case_words.steps(current),
                 due=case_words.due(current))  # fmt: skip


@blueprint.post("/who")
def who() -> str | BaseResponse:
    """Take down who the applicant is."""
    form = request.form
    try:
        identity.identify(
            collaborators(), _me(), name=form.get("name", "")[:60], document_type=form.get("document_type", "")[:40],
            number=form.get("number", "").strip()[:40], city=form.get("city") or None,
        )  # fmt: skip
    except DomainError as error:
        return _page("holder/apply_who.html", explain(error), person=identity.me(collaborators(), _me()))
    return renew_session(cast(Response, redirect(url_for(".conversation"))), "holder")


@blueprint.post("/start")
def start() -> str | BaseResponse:
    """Open the draft."""
    code = request.form.get("employer", "").strip().upper()[:18] or None
    try:
        applications.start(collaborators(), _me(), city=request.form.get("city", ""), employer_uscc=code)
    except DomainError as error:
        return _page(
            "holder/apply_start.html", explain(error), person=identity.me(collaborators(), _me()), answers=_answers()
        )
    return redirect(url_for(".conversation"))


def _draft() -> dict[str, Any]:
    current = _current()
    if current is None:
        raise NotFound("You have no such application.")
    return current


@blueprint.post("/evidence")
def add() -> str | BaseResponse:
    """Keep one piece of evidence at once."""
    current, pack = _draft(), collaborators().engine.pack
    name = request.form.get("fact", "")
    if name not in pack.facts:
        return redirect(url_for(".conversation"))
    try:
        facts = read_fact(pack, name, request.form)
        if facts:
            made = applications.add_evidence(
                collaborators(), _me(), current["id"], title=document_title(pack, name), facts=facts
            )
            _attach(current["id"], made.body["id"])
    except DomainError as error:
        return _evidence(_draft(), _answers(), explain(error))
    return redirect(url_for(".conversation") + "#needed")


def _attach(application_id: str, evidence_id: str) -> None:
    """Put the file that came with a form to a piece of evidence; no file is no fault."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if data:
        evidence_files.attach(collaborators(), _me(), application_id, evidence_id, data)


@blueprint.route("/evidence/<evidence_id>/file", methods=["GET", "POST"])
def file(evidence_id: str) -> str | BaseResponse:
    """Return a file that was handed in, or take another in its place."""
    current = _draft()
    if request.method == "GET":
        return as_download(evidence_files.see_own(collaborators(), _me(), current["id"], evidence_id))
    try:
        _attach(current["id"], evidence_id)
    except DomainError as error:
        return _evidence(current, _answers(), explain(error))
    return redirect(url_for(".conversation") + "#needed")


@blueprint.post("/evidence/<evidence_id>/remove")
def remove(evidence_id: str) -> BaseResponse:
    """Take one piece back."""
    applications.remove_evidence(collaborators(), _me(), _draft()["id"], evidence_id)
    return redirect(url_for(".conversation"))


@blueprint.post("/<act>")
def act(act: str) -> str | BaseResponse:
    """Submit, withdraw, appeal, or answer the three questions anew."""
    if act == "restart":
        session.pop(_ANSWERS, None)
        return redirect(url_for(".conversation"))
    current = _draft()
    try:
        if act == "submit":
            applications.submit(collaborators(), _me(), current["id"])
        elif act == "withdraw":
            applications.withdraw(collaborators(), _me(), current["id"])
        elif act == "appeal":
            applications.appeal(collaborators(), _me(), current["id"], request.form.get("reason", "").strip()[:2000])
    except DomainError as error:
        if current["state"] in _EDITABLE:
            return _evidence(current, _answers(), explain(error))
        return _page("holder/apply_progress.html", explain(error), current=current, proof=None,
                     steps=case_words.steps(current), due=case_words.due(current))  # fmt: skip
    return redirect(url_for(".conversation"))
