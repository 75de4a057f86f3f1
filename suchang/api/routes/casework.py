"""Routes around a case: officers' further steps, employers' answers, public notices."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import holder, officer, query_text
from suchang.domain.errors import NotFound
from suchang.workflows.account.sign_in import normal_phone
from suchang.workflows.application import evidence_files
from suchang.workflows.card import cards
from suchang.workflows.casework import bulk_approval, notices, officer_acts, queue
from suchang.workflows.notification import notifications
from suchang.workflows.people import employers
from suchang.workflows.runtime import jobs

blueprint = Blueprint("casework", __name__, url_prefix="/api/v1", description="For officers: further steps of a case")
blueprint.before_request(auth.officer())

employer = Blueprint("employer", __name__, url_prefix="/api/v1/employers", description="For employers")
employer.before_request(auth.holder())

own = Blueprint("own_files", __name__, url_prefix="/api/v1/me", description="For applicants: files of evidence")
own.before_request(auth.holder())

public = Blueprint("notices", __name__, url_prefix="/api/v1/notices", description="Public notices")
public.before_request(auth.anyone())


@blueprint.post("/applications/<application_id>/steps/<name>")
@blueprint.arguments(schemas.officer.StepBody)
@blueprint.response(200)
def step(body: dict[str, Any], application_id: str, name: str) -> dict[str, Any]:
    """Take a step: release, hand-over, send-back, publish-notice, dismiss-objection, uphold-objection,
    decline-decision, propose-reopen or confirm-reopen."""
    if name not in officer_acts.STEPS:
        raise NotFound("There is no such step.")
    return officer_acts.step(collaborators(), officer(), application_id, name, **body)


@blueprint.post("/applications/<application_id>/conflict")
@blueprint.arguments(schemas.common.ReasonBody)
@blueprint.response(204)
def conflict(body: dict[str, Any], application_id: str) -> None:
    """Declare a conflict of interest; it keeps you out of this case for good."""
    officer_acts.declare_conflict(collaborators(), officer(), application_id, reason=body["reason"])


@blueprint.get("/applications/<application_id>/comments")
@blueprint.response(200)
def comments(application_id: str) -> dict[str, Any]:
    """List what officers wrote about a case."""
    return {"items": officer_acts.comments(collaborators(), officer(), application_id)}


@blueprint.post("/applications/<application_id>/comments")
@blueprint.arguments(schemas.officer.CommentBody)
def comment(body: dict[str, Any], application_id: str) -> tuple[dict[str, Any], int]:
    """Write a comment that only officers see."""
    return officer_acts.comment(collaborators(), officer(), application_id, text=body["text"]), 201


@blueprint.get("/applications/<application_id>/objections")
@blueprint.response(200)
def objections(application_id: str) -> dict[str, Any]:
    """List the objections with their senders, for supervisors."""
    return {"items": officer_acts.objections(collaborators(), officer(), application_id)}


@blueprint.get("/applications/<application_id>/evidence/<evidence_id>/file")
def evidence_file(application_id: str, evidence_id: str) -> Response:
    """Look at a file of evidence; ``reason`` says why and is written into the audit."""
    reason = query_text("reason", max_length=500) or ""
    return handed_out(evidence_files.see(collaborators(), officer(), application_id, evidence_id, reason=reason))


@blueprint.post("/applications/<application_id>/evidence/<evidence_id>/checked")
@blueprint.arguments(schemas.officer.CheckedBody)
@blueprint.response(200)
def evidence_checked(body: dict[str, Any], application_id: str, evidence_id: str) -> dict[str, Any]:
    """Note where a piece of evidence was checked."""
    return evidence_files.check(collaborators(), officer(), application_id, evidence_id, source=body["source"])


@own.put("/applications/<application_id>/evidence/<evidence_id>/file")
@own.response(200)
def attach(application_id: str, evidence_id: str) -> dict[str, Any]:
    """Hand in a picture or a PDF as the request's body; it is rebuilt without anything that could act."""
    return evidence_files.attach(collaborators(), holder(), application_id, evidence_id, request.get_data(cache=False))


@own.get("/applications/<application_id>/evidence/<evidence_id>/file")
def own_file(application_id: str, evidence_id: str) -> Response:
    """Return a file that you handed in."""
    return handed_out(evidence_files.see_own(collaborators(), holder(), application_id, evidence_id))


@own.get("/notifications")
@own.response(200)
def my_notifications() -> dict[str, Any]:
    """List what you were told, newest first."""
    return {"items": notifications.mine(collaborators(), holder())}


@blueprint.get("/officer/notifications")
@blueprint.response(200)
def office_notifications() -> dict[str, Any]:
    """List what the offices that you hold were told, newest first."""
    return {"items": notifications.of_office(collaborators(), officer())}


@blueprint.get("/workload")
@blueprint.response(200)
def workload() -> dict[str, Any]:
    """Count what each reviewer has in hand, for supervisors."""
    return {"items": queue.workload(collaborators(), officer())}


@blueprint.get("/jobs")
@blueprint.response(200)
def job_overview() -> dict[str, Any]:
    """Count the jobs by task and state, and list those that wait, run or failed, with the reason."""
    return jobs.overview(collaborators(), officer())


@blueprint.post("/jobs/<job_id>/retry")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(204)
def retry_job(body: dict[str, Any], job_id: str) -> None:  # noqa: ARG001 - an empty body
    """Queue a job again that failed for good."""
    jobs.retry(collaborators(), officer(), job_id)


def handed_out(file: evidence_files.File) -> Response:
    """Answer with a file that no browser will run or sniff."""
    response = Response(file.content, 200, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/applications/bulk-approval")
@blueprint.response(200)
def bulk_candidates() -> dict[str, Any]:
    """List the cases that wait for an approver, and which of them are straightforward for you."""
    return {"items": bulk_approval.candidates(collaborators(), officer())}


@blueprint.post("/applications/bulk-approval")
@blueprint.arguments(schemas.officer.BulkBody)
@blueprint.response(200)
def bulk(body: dict[str, Any]) -> dict[str, Any]:
    """Approve straightforward cases, each by itself."""
    items = [(item["id"], item["version"]) for item in body["items"]]
    return {"items": bulk_approval.approve(collaborators(), officer(), items, reason=body["reason"])}


@blueprint.post("/cards/<card_id>/move-employer")
@blueprint.arguments(schemas.common.ReasonBody)
@blueprint.response(200)
def move_employer(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Move a departed holder's card to the employer that confirmed them."""
    return cards.move_employer(collaborators(), officer(), card_id, reason=body["reason"])


@blueprint.post("/employers/<uscc>/contacts")
@blueprint.arguments(schemas.outside.ContactBody)
def appoint(body: dict[str, Any], uscc: str) -> tuple[dict[str, Any], int]:
    """Name the person who speaks for an employer."""
    return employers.appoint(collaborators(), officer(), uscc, phone=normal_phone(body["phone"])), 201


@employer.get("/<uscc>/confirmations")
@employer.response(200)
def waiting(uscc: str) -> dict[str, Any]:
    """List the applications that wait for your word."""
    return {"items": employers.waiting(collaborators(), holder(), uscc)}


@employer.post("/<uscc>/confirmations/<application_id>")
@employer.arguments(schemas.outside.EmploymentBody)
@employer.response(200)
def answer(body: dict[str, Any], uscc: str, application_id: str) -> dict[str, Any]:
    """Confirm an employment, or send the application back."""
    return employers.answer(collaborators(), holder(), uscc, application_id, **body)


@employer.post("/<uscc>/departures")
@employer.arguments(schemas.outside.CardNumberBody)
@employer.response(200)
def departure(body: dict[str, Any], uscc: str) -> dict[str, Any]:
    """Say that a holder has left."""
    return employers.file_departure(collaborators(), holder(), uscc, number=body["number"])


@employer.post("/<uscc>/arrivals")
@employer.arguments(schemas.outside.CardNumberBody)
@employer.response(200)
def arrival(body: dict[str, Any], uscc: str) -> dict[str, Any]:
    """Say that a holder works here now."""
    return employers.confirm_arrival(collaborators(), holder(), uscc, number=body["number"])


@public.get("")
@public.response(200)
def list_notices() -> dict[str, Any]:
    """List the public notices of today."""
    return {"items": notices.published(collaborators())}


@public.post("/<application_id>/objections")
@public.arguments(schemas.outside.ObjectionBody)
def object_to(body: dict[str, Any], application_id: str) -> tuple[dict[str, Any], int]:
    """Object to a notice."""
    made = notices.object_to(
        collaborators(), application_id, text=body["message"], name=body["name"], contact=body["contact"]
    )
    return made, 201
