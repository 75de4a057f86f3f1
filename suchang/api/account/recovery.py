"""Routes of accounts that are recovered at a window."""

from __future__ import annotations

from typing import Any

from suchang.api.account import answers, schemas
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers
from suchang.api.requests import officer
from suchang.api.schemas import NothingBody
from suchang.workflows.account import recovery

officers = for_officers("account", "recovery_officers", at="/api/v1/account-recoveries")


@officers.post("")
@officers.arguments(schemas.RecoveryBody)
@officers.response(201, answers.Recovery)
def propose_recovery(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Ask for another phone number for a holder whose identity document you have seen."""
    document = body["identity"]
    made = recovery.propose(
        collaborators(), officer(), document_type=document["type"], number=document["number"], phone=body["phone"],
        reason=body["reason"], seen=body["document_seen"],
    )  # fmt: skip
    return made, 201


@officers.get("")
@officers.response(200, answers.RecoveriesAnswer)
def list_recoveries() -> dict[str, Any]:
    """List what waits for a second officer."""
    return {"items": recovery.waiting(collaborators(), officer())}


@officers.post("/<recovery_id>/confirmation")
@officers.arguments(NothingBody)
@officers.response(204)
def confirm_recovery(body: dict[str, Any], recovery_id: str) -> None:  # noqa: ARG001 - an empty body
    """Confirm a colleague's request: the number changes, and the holder's sessions, passkeys and phones end."""
    recovery.confirm(collaborators(), officer(), recovery_id)
