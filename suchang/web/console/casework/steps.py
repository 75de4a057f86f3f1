"""What officers do with an application: take it, review it, decide it, the further steps, comments."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError, NotFound
from suchang.domain.lifecycle import Outcome
from suchang.web.auth import collaborators
from suchang.web.console.casework.application_page import again, back
from suchang.web.console.frame import blueprint, officer
from suchang.workflows.casework import decision, officer_acts
from suchang.workflows.casework import review as reviewing


@blueprint.post("/applications/<application_id>/claim")
def claim(application_id: str) -> BaseResponse | tuple[str, int]:
    """Take a case."""
    try:
        reviewing.claim(collaborators(), officer(), application_id, version=_version())
    except DomainError as error:
        return again(application_id, error)
    return back(application_id)


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isdigit() else None


@blueprint.post("/applications/<application_id>/review")
def review(application_id: str) -> BaseResponse | tuple[str, int]:
    """Recommend, ask for documents, or recommend refusal."""
    act, reason = request.form.get("act", ""), request.form.get("reason", "").strip()[:2000]
    try:
        if act == "supplement":
            wanted = [line.strip()[:120] for line in request.form.get("documents", "").splitlines() if line.strip()]
            reviewing.request_supplement(
                collaborators(), officer(), application_id, documents=wanted[:30], reason=reason, version=_version()
            )
        else:
            outcome = Outcome.APPROVE if act == "approve" else Outcome.REJECT
            reviewing.review(
                collaborators(), officer(), application_id, outcome=outcome, reason=reason, version=_version(),
                tier=_tier() if outcome is Outcome.APPROVE else None, rule=request.form.get("rule", "")[:40],
            )  # fmt: skip
    except DomainError as error:
        return again(application_id, error)
    return back(application_id)


def _tier() -> str | None:
    tier = request.form.get("tier", "")
    return tier if tier in {one.id for one in collaborators().engine.pack.tiers} else None


@blueprint.post("/applications/<application_id>/decision")
def decide(application_id: str) -> BaseResponse | tuple[str, int]:
    """Approve or reject; an approval issues the card."""
    outcome = Outcome.APPROVE if request.form.get("act") == "approve" else Outcome.REJECT
    try:
        decision.decide(
            collaborators(), officer(), application_id, outcome=outcome,
            reason=request.form.get("reason", "").strip()[:2000], tier=_tier() if outcome is Outcome.APPROVE else None,
            rule=request.form.get("rule", "")[:40], version=_version(),
        )  # fmt: skip
    except DomainError as error:
        return again(application_id, error)
    return back(application_id)


@blueprint.post("/applications/<application_id>/steps/<name>")
def step(application_id: str, name: str) -> BaseResponse | tuple[str, int]:
    """Take one of the further steps of a case."""
    reason = request.form.get("reason", "").strip()[:2000]
    if name not in officer_acts.STEPS:
        raise NotFound("There is no such step.")
    try:
        assignee = request.form.get("assignee", "")[:64] or None
        officer_acts.step(
            collaborators(), officer(), application_id, name, reason=reason, assignee=assignee, version=_version()
        )
    except DomainError as error:
        return again(application_id, error)
    return back(application_id)


@blueprint.post("/applications/<application_id>/comments")
def comment(application_id: str) -> BaseResponse | tuple[str, int]:
    """Write a comment for colleagues, or declare a conflict of interest."""
    text = request.form.get("text", "").strip()[:2000]
    try:
        if text and request.form.get("conflict") == "1":
            officer_acts.declare_conflict(collaborators(), officer(), application_id, reason=text)
        elif text:
            officer_acts.comment(collaborators(), officer(), application_id, text=text)
    except DomainError as error:
        return again(application_id, error)
    return back(application_id)
