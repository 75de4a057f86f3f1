"""Routes for officers' accounts and for the audit."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.downloads import audit_file, audit_question
from suchang.api.parsing import Blueprint
from suchang.api.requests import officer, query_text
from suchang.workflows.account import oidc_sign_in, second_factors
from suchang.workflows.audit import search as auditing

blueprint = Blueprint("accounts", __name__, url_prefix="/api/v1", description="For officers: accounts and audit")
blueprint.before_request(auth.officer())


@blueprint.post("/officers/<officer_id>/totp-resets")
@blueprint.arguments(schemas.sign_in.ResetBody)
def propose_totp_reset(body: dict[str, Any], officer_id: str) -> tuple[dict[str, Any], int]:
    """Propose a new second factor for another officer."""
    return {"id": second_factors.propose(collaborators(), officer(), officer_id, reason=body["reason"])}, 201


@blueprint.post("/totp-resets/<proposal_id>/confirmation")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(200)
def confirm_totp_reset(body: dict[str, Any], proposal_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Confirm a colleague's proposal; the new secret is shown once."""
    made = second_factors.confirm(collaborators(), officer(), proposal_id)
    return {"totp_secret": made.secret, "totp_uri": made.uri}


@blueprint.put("/officers/<officer_id>/oidc-link")
@blueprint.arguments(schemas.sign_in.OidcLinkBody)
@blueprint.response(204)
def link_oidc(body: dict[str, Any], officer_id: str) -> None:
    """Link another officer's account to a subject of the sign-in service; its sessions end."""
    oidc_sign_in.link(collaborators(), officer(), officer_id, body["subject"])


@blueprint.delete("/officers/<officer_id>/oidc-link")
@blueprint.response(204)
def unlink_oidc(officer_id: str) -> None:
    """Take another officer's link to the sign-in service away."""
    oidc_sign_in.link(collaborators(), officer(), officer_id, None)


@blueprint.get("/audit")
@blueprint.response(200)
def audit_search() -> dict[str, Any]:
    """Search the audit by actor, subject, action and time."""
    return auditing.search(collaborators(), officer(), audit_question(), cursor=query_text("cursor"))


@blueprint.get("/audit/export")
def audit_export() -> Response:
    """Export what a search finds, as it is read: ``format=csv`` or ``format=jsonl``."""
    return audit_file()
