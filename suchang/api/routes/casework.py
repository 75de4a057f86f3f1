"""Routes around a case: officers' further steps, employers' answers, public notices."""

from __future__ import annotations

from typing import Any

from suchang.api import auth, schemas
from suchang.api.auth import parts
from suchang.api.parsing import Blueprint
from suchang.api.requests import holder, officer
from suchang.domain.errors import NotFound
from suchang.workflows import cards, case_work, employers, notices
from suchang.workflows.sign_in import normal_phone

blueprint = Blueprint("casework", __name__, url_prefix="/api/v1", description="For officers: further steps of a case")
blueprint.before_request(auth.officer())

employer = Blueprint("employer", __name__, url_prefix="/api/v1/employers", description="For employers")
employer.before_request(auth.holder())

public = Blueprint("notices", __name__, url_prefix="/api/v1/notices", description="Public notices")
public.before_request(auth.anyone())


@blueprint.post("/applications/<application_id>/steps/<name>")
@blueprint.arguments(schemas.StepBody)
@blueprint.response(200)
def step(body: dict[str, Any], application_id: str, name: str) -> dict[str, Any]:
    """Take a step: release, hand-over, send-back, publish-notice, dismiss-objection, uphold-objection,
    decline-decision, propose-reopen or confirm-reopen."""
    if name not in case_work.STEPS:
        raise NotFound("There is no such step.")
    return case_work.step(parts(), officer(), application_id, name, **body)


@blueprint.post("/applications/<application_id>/conflict")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(204)
def conflict(body: dict[str, Any], application_id: str) -> None:
    """Declare a conflict of interest; it keeps you out of this case for good."""
    case_work.declare_conflict(parts(), officer(), application_id, reason=body["reason"])


@blueprint.get("/applications/<application_id>/comments")
@blueprint.response(200)
def comments(application_id: str) -> dict[str, Any]:
    """List what officers wrote about a case."""
    return {"items": case_work.comments(parts(), officer(), application_id)}


@blueprint.post("/applications/<application_id>/comments")
@blueprint.arguments(schemas.CommentBody)
def comment(body: dict[str, Any], application_id: str) -> tuple[dict[str, Any], int]:
    """Write a comment that only officers see."""
    return case_work.comment(parts(), officer(), application_id, text=body["text"]), 201


@blueprint.get("/applications/<application_id>/objections")
@blueprint.response(200)
def objections(application_id: str) -> dict[str, Any]:
    """List the objections with their senders, for supervisors."""
    return {"items": case_work.objections(parts(), officer(), application_id)}


@blueprint.post("/applications/bulk-approval")
@blueprint.arguments(schemas.BulkBody)
@blueprint.response(200)
def bulk(body: dict[str, Any]) -> dict[str, Any]:
    """Approve straightforward cases, each by itself."""
    items = [(item["id"], item["version"]) for item in body["items"]]
    return {"items": case_work.approve_in_bulk(parts(), officer(), items, reason=body["reason"])}


@blueprint.post("/cards/<card_id>/move-employer")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(200)
def move_employer(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Move a departed holder's card to the employer that confirmed them."""
    return cards.move_employer(parts(), officer(), card_id, reason=body["reason"])


@blueprint.post("/employers/<uscc>/contacts")
@blueprint.arguments(schemas.ContactBody)
def appoint(body: dict[str, Any], uscc: str) -> tuple[dict[str, Any], int]:
    """Name the person who speaks for an employer."""
    return employers.appoint(parts(), officer(), uscc, phone=normal_phone(body["phone"])), 201


@employer.get("/<uscc>/confirmations")
@employer.response(200)
def waiting(uscc: str) -> dict[str, Any]:
    """List the applications that wait for your word."""
    return {"items": employers.waiting(parts(), holder(), uscc)}


@employer.post("/<uscc>/confirmations/<application_id>")
@employer.arguments(schemas.EmploymentBody)
@employer.response(200)
def answer(body: dict[str, Any], uscc: str, application_id: str) -> dict[str, Any]:
    """Confirm an employment, or send the application back."""
    return employers.answer(parts(), holder(), uscc, application_id, **body)


@employer.post("/<uscc>/departures")
@employer.arguments(schemas.CardNumberBody)
@employer.response(200)
def departure(body: dict[str, Any], uscc: str) -> dict[str, Any]:
    """Say that a holder has left."""
    return employers.file_departure(parts(), holder(), uscc, number=body["number"])


@employer.post("/<uscc>/arrivals")
@employer.arguments(schemas.CardNumberBody)
@employer.response(200)
def arrival(body: dict[str, Any], uscc: str) -> dict[str, Any]:
    """Say that a holder works here now."""
    return employers.confirm_arrival(parts(), holder(), uscc, number=body["number"])


@public.get("")
@public.response(200)
def list_notices() -> dict[str, Any]:
    """List the public notices of today."""
    return {"items": notices.published(parts())}


@public.post("/<application_id>/objections")
@public.arguments(schemas.ObjectionBody)
def object_to(body: dict[str, Any], application_id: str) -> tuple[dict[str, Any], int]:
    """Object to a notice."""
    made = notices.object_to(parts(), application_id, text=body["message"], name=body["name"], contact=body["contact"])
    return made, 201
