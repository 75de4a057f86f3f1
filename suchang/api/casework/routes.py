"""Routes of officers' work with cases: queue, steps, review, decision, bulk approval."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers
from suchang.api.casework import answers, schemas
from suchang.api.requests import officer, query_text
from suchang.api.schemas import ReasonBody
from suchang.domain.errors import NotFound
from suchang.workflows.casework import application_view, bulk_approval, officer_acts, queue
from suchang.workflows.casework import decision as deciding
from suchang.workflows.casework import queue as case_queue
from suchang.workflows.casework import review as reviewing

officers = for_officers("casework", "casework_officers")


@officers.get("/applications")
@officers.response(200, answers.QueueAnswer)
def list_applications() -> dict[str, Any]:
    """List cases, most urgent first; filter by state, city, track, kind and limit, search, or ask for your own."""
    return case_queue.queue(
        collaborators(),
        officer(),
        state=query_text("state"),
        search=query_text("q"),
        mine=query_text("mine") == "true",
        city=query_text("city"),
        track=query_text("track"),
        kind=query_text("kind"),
        due=query_text("due"),
        cursor=query_text("cursor"),
    )


@officers.get("/applications/<application_id>")
@officers.response(200, answers.CaseAnswer)
def show_application(application_id: str) -> dict[str, Any]:
    """Show one case."""
    return application_view.show(collaborators(), officer(), application_id)


@officers.post("/applications/<application_id>/claim")
@officers.arguments(schemas.VersionBody)
@officers.response(200, answers.CaseAnswer)
def claim_application(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Take a case to review it."""
    return reviewing.claim(collaborators(), officer(), application_id, version=body.get("version"))


@officers.post("/applications/<application_id>/request-supplement")
@officers.arguments(schemas.SupplementBody)
@officers.response(200, answers.CaseAnswer)
def request_supplement(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Ask for missing documents, once and completely."""
    return reviewing.request_supplement(collaborators(), officer(), application_id, **body)


@officers.post("/applications/<application_id>/review")
@officers.arguments(schemas.ReviewBody)
@officers.response(200, answers.CaseAnswer)
def review_application(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Recommend approval or refusal."""
    return reviewing.review(collaborators(), officer(), application_id, **body)


@officers.post("/applications/<application_id>/decision")
@officers.arguments(schemas.DecisionBody)
@officers.response(200, answers.CaseAnswer)
def decide_application(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Approve or reject; an approval issues the card."""
    return deciding.decide(collaborators(), officer(), application_id, **body)


@officers.post("/applications/<application_id>/steps/<name>")
@officers.arguments(schemas.StepBody)
@officers.response(200, answers.CaseAnswer)
def take_step(body: dict[str, Any], application_id: str, name: str) -> dict[str, Any]:
    """Take a step: release, hand-over, send-back, publish-notice, dismiss-objection, uphold-objection,
    decline-decision, propose-reopen or confirm-reopen."""
    if name not in officer_acts.STEPS:
        raise NotFound("There is no such step.")
    return officer_acts.step(collaborators(), officer(), application_id, name, **body)


@officers.post("/applications/<application_id>/conflict")
@officers.arguments(ReasonBody)
@officers.response(204)
def declare_conflict(body: dict[str, Any], application_id: str) -> None:
    """Declare a conflict of interest; it keeps you out of this case for good."""
    officer_acts.declare_conflict(collaborators(), officer(), application_id, reason=body["reason"])


@officers.get("/applications/<application_id>/comments")
@officers.response(200, answers.CommentsAnswer)
def list_comments(application_id: str) -> dict[str, Any]:
    """List what officers wrote about a case."""
    return {"items": officer_acts.comments(collaborators(), officer(), application_id)}


@officers.post("/applications/<application_id>/comments")
@officers.arguments(schemas.CommentBody)
@officers.response(201, answers.CommentAnswer)
def add_comment(body: dict[str, Any], application_id: str) -> tuple[dict[str, Any], int]:
    """Write a comment that only officers see."""
    return officer_acts.comment(collaborators(), officer(), application_id, text=body["text"]), 201


@officers.get("/applications/<application_id>/objections")
@officers.response(200, answers.ObjectionsAnswer)
def list_objections(application_id: str) -> dict[str, Any]:
    """List the objections with their senders, for supervisors."""
    return {"items": officer_acts.objections(collaborators(), officer(), application_id)}


@officers.get("/workload")
@officers.response(200, answers.WorkloadAnswer)
def show_workload() -> dict[str, Any]:
    """Count what each reviewer has in hand, for supervisors."""
    return {"items": queue.workload(collaborators(), officer())}


@officers.get("/applications/bulk-approval")
@officers.response(200, answers.BulkCandidatesAnswer)
def list_bulk_candidates() -> dict[str, Any]:
    """List the cases that wait for an approver, and which of them are straightforward for you."""
    return {"items": bulk_approval.candidates(collaborators(), officer())}


@officers.post("/applications/bulk-approval")
@officers.arguments(schemas.BulkBody)
@officers.response(200, answers.BulkAnswer)
def approve_in_bulk(body: dict[str, Any]) -> dict[str, Any]:
    """Approve straightforward cases, each by itself."""
    items = [(item["id"], item["version"]) for item in body["items"]]
    return {"items": bulk_approval.approve(collaborators(), officer(), items, reason=body["reason"])}
