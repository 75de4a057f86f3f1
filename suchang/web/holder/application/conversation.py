"""``/apply``: a short conversation: who you are, which way fits, only the evidence it needs, what happens next."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, renew_session
from suchang.web.holder.application.evidence_page import evidence_page
from suchang.web.holder.application.frame import (
    ANSWERS,
    EDITABLE,
    answers_given,
    blueprint,
    current_application,
    draft,
    me,
    page,
)
from suchang.web.words import applications as application_words
from suchang.web.words.problems import explain
from suchang.web.words.proofs import stored_proof
from suchang.workflows.application import applications
from suchang.workflows.people import identity


@blueprint.get("")
def conversation() -> str:
    """Show where the applicant stands: the next question, the evidence, or the progress."""
    answers = answers_given()
    person, current = identity.me(collaborators(), me()), current_application()
    if current and current["state"] not in EDITABLE:
        return _progress(current)
    if person["identity"] is None:
        return page("holder/application/who.html", person=person)
    if not answers:
        return page("holder/application/way.html", person=person)
    if current is None:
        return page("holder/application/start.html", person=person, answers=answers)
    return evidence_page(current, answers)


def _progress(current: dict[str, Any]) -> str:
    pack, found = collaborators().engine.pack, current["determination"]
    proof = stored_proof(pack, found) if found else None
    return page("holder/application/progress.html", current=current, proof=proof,
                 steps=application_words.steps(current), due=application_words.due(current))  # fmt: skip


@blueprint.post("/who")
def who() -> str | BaseResponse:
    """Take down who the applicant is."""
    form = request.form
    try:
        identity.identify(
            collaborators(), me(), name=form.get("name", "")[:60], document_type=form.get("document_type", "")[:40],
            number=form.get("number", "").strip()[:40], city=form.get("city") or None,
        )  # fmt: skip
    except DomainError as error:
        return page("holder/application/who.html", explain(error), person=identity.me(collaborators(), me()))
    return renew_session(cast(Response, redirect(url_for(".conversation"))), "holder")


@blueprint.post("/start")
def start() -> str | BaseResponse:
    """Open the draft."""
    code = request.form.get("employer", "").strip()[:60] or None
    try:
        applications.start(collaborators(), me(), city=request.form.get("city", ""), employer_uscc=code)
    except DomainError as error:
        return page(
            "holder/application/start.html",
            explain(error),
            person=identity.me(collaborators(), me()),
            answers=answers_given(),
        )
    return redirect(url_for(".conversation"))


@blueprint.post("/<act>")
def act(act: str) -> str | BaseResponse:
    """Submit, withdraw, appeal, or answer the three questions anew."""
    if act == "restart":
        session.pop(ANSWERS, None)
        return redirect(url_for(".conversation"))
    current = draft()
    try:
        if act == "submit":
            applications.submit(collaborators(), me(), current["id"])
        elif act == "withdraw":
            applications.withdraw(collaborators(), me(), current["id"])
        elif act == "appeal":
            applications.appeal(collaborators(), me(), current["id"], request.form.get("reason", "").strip()[:2000])
    except DomainError as error:
        if current["state"] in EDITABLE:
            return evidence_page(current, answers_given(), explain(error))
        return page("holder/application/progress.html", explain(error), current=current, proof=None,
                     steps=application_words.steps(current), due=application_words.due(current))  # fmt: skip
    return redirect(url_for(".conversation"))
