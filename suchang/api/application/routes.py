"""Routes of applications: pre-check, own applications, evidence and its files."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from suchang.api.application import answers, schemas
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone, for_holders, for_officers
from suchang.api.requests import created, holder, officer, query_text, retry
from suchang.api.schemas import NothingBody, ReasonBody
from suchang.workflows.application import applications, determine, evidence_files

anyone = for_anyone("application", "application_anyone")
holders = for_holders("application", "application_holders")
officers = for_officers("application", "application_officers")


@anyone.post("/prechecks")
@anyone.arguments(schemas.PrecheckBody)
@anyone.response(200, answers.DeterminationAnswer)
def precheck(body: dict[str, Any]) -> dict[str, Any]:
    """Determine by facts; nothing is stored."""
    result: dict[str, Any] = determine.precheck(collaborators(), body["facts"]).to_json()
    return result


@holders.get("/applications")
@holders.response(200, answers.ApplicationsAnswer)
def list_own_applications() -> dict[str, Any]:
    """List your applications, newest first."""
    return {"items": applications.mine(collaborators(), holder())}


@holders.post("/applications")
@holders.arguments(schemas.ApplicationBody)
@holders.response(201, answers.ApplicationAnswer)
def start_application(body: dict[str, Any]) -> Any:
    """Start an application."""
    return created(
        applications.start(
            collaborators(),
            holder(),
            city=body["city"],
            employer_uscc=body["employer"],
            facts=body.get("facts"),
            retry=retry(),
        )
    )


@holders.get("/applications/<application_id>")
@holders.response(200, answers.ApplicationAnswer)
def show_own_application(application_id: str) -> dict[str, Any]:
    """Show one of your applications."""
    return applications.show(collaborators(), holder(), application_id)


@holders.post("/applications/<application_id>/evidence")
@holders.arguments(schemas.EvidenceBody)
@holders.response(201, answers.Evidence)
def add_evidence(body: dict[str, Any], application_id: str) -> Any:
    """Add a piece of evidence with the facts that it proves."""
    return created(
        applications.add_evidence(
            collaborators(), holder(), application_id, title=body["title"], facts=body["facts"], retry=retry()
        )
    )


@holders.delete("/applications/<application_id>/evidence/<evidence_id>")
@holders.response(204)
def remove_evidence(application_id: str, evidence_id: str) -> None:
    """Take a piece of evidence back."""
    applications.remove_evidence(collaborators(), holder(), application_id, evidence_id)


@holders.post("/applications/<application_id>/submit")
@holders.arguments(NothingBody)
@holders.response(200, answers.ApplicationAnswer)
def submit_application(_body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Submit an application, or a supplement."""
    return applications.submit(collaborators(), holder(), application_id)


@holders.post("/applications/<application_id>/withdraw")
@holders.arguments(NothingBody)
@holders.response(200, answers.ApplicationAnswer)
def withdraw_application(_body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Withdraw an application."""
    return applications.withdraw(collaborators(), holder(), application_id)


@holders.post("/applications/<application_id>/appeal")
@holders.arguments(ReasonBody)
@holders.response(200, answers.ApplicationAnswer)
def appeal(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Appeal a rejection."""
    return applications.appeal(collaborators(), holder(), application_id, body["reason"])


@officers.get("/applications/<application_id>/evidence/<evidence_id>/file")
def evidence_file(application_id: str, evidence_id: str) -> Response:
    """Look at a file of evidence; ``reason`` says why and is written into the audit."""
    reason = query_text("reason", max_length=500) or ""
    return handed_out(evidence_files.see(collaborators(), officer(), application_id, evidence_id, reason=reason))


@officers.post("/applications/<application_id>/evidence/<evidence_id>/checked")
@officers.arguments(schemas.CheckedBody)
@officers.response(200, answers.CheckedAnswer)
def evidence_checked(body: dict[str, Any], application_id: str, evidence_id: str) -> dict[str, Any]:
    """Note where a piece of evidence was checked."""
    return evidence_files.check(collaborators(), officer(), application_id, evidence_id, **body)


@holders.put("/applications/<application_id>/evidence/<evidence_id>/file")
@holders.response(200, answers.EvidenceFileAnswer)
def attach_evidence_file(application_id: str, evidence_id: str) -> dict[str, Any]:
    """Hand in a picture or a PDF as the request's body; it is rebuilt without anything that could act."""
    return evidence_files.attach(collaborators(), holder(), application_id, evidence_id, request.get_data(cache=False))


@holders.get("/applications/<application_id>/evidence/<evidence_id>/file")
def own_evidence_file(application_id: str, evidence_id: str) -> Response:
    """Return a file that you handed in."""
    return handed_out(evidence_files.see_own(collaborators(), holder(), application_id, evidence_id))


def handed_out(file: evidence_files.File) -> Response:
    """Answer with a file that no browser will run or sniff."""
    response = Response(file.content, 200, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response
