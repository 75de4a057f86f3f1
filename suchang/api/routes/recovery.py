"""Routes for accounts that are recovered at a window."""

from __future__ import annotations

from typing import Any

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import officer
from suchang.workflows.account import recovery

blueprint = Blueprint(
    "recovery", __name__, url_prefix="/api/v1/account-recoveries", description="For officers: accounts of holders"
)
blueprint.before_request(auth.officer())


@blueprint.post("")
@blueprint.arguments(schemas.sign_in.RecoveryBody)
def propose(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Ask for another phone number for a holder whose identity document you have seen."""
    document = body["identity"]
    made = recovery.propose(
        collaborators(), officer(), document_type=document["type"], number=document["number"], phone=body["phone"],
        reason=body["reason"], seen=body["document_seen"],
    )  # fmt: skip
    return made, 201


@blueprint.get("")
@blueprint.response(200)
def waiting() -> dict[str, Any]:
    """List what waits for a second officer."""
    return {"items": recovery.waiting(collaborators(), officer())}


@blueprint.post("/<recovery_id>/confirmation")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(204)
def confirm(body: dict[str, Any], recovery_id: str) -> None:  # noqa: ARG001 - an empty body
    """Confirm a colleague's request: the number changes, and the holder's sessions, passkeys and phones end."""
    recovery.confirm(collaborators(), officer(), recovery_id)
