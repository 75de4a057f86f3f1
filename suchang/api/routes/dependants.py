"""Routes of dependants: the holder declares, consents and removes, an officer confirms."""

from __future__ import annotations

from typing import Any

from suchang.api import auth, schemas
from suchang.api.auth import parts
from suchang.api.parsing import Blueprint
from suchang.api.requests import holder, officer
from suchang.workflows import dependants
from suchang.workflows.dependants import Declaration

own = Blueprint("dependants", __name__, url_prefix="/api/v1/me", description="A holder's dependants")
own.before_request(auth.holder())

office = Blueprint("dependants_office", __name__, url_prefix="/api/v1", description="Dependants, for officers")
office.before_request(auth.officer())


@own.get("/dependants")
@own.response(200)
def mine() -> dict[str, Any]:
    """List your dependants."""
    return {"items": dependants.mine(parts(), holder())}


@own.post("/dependants")
@own.arguments(schemas.DependantBody)
@own.response(201)
def declare(body: dict[str, Any]) -> dict[str, Any]:
    """Declare a dependant with evidence; an officer confirms."""
    identity = body.pop("identity")
    said = Declaration(**body, identity_type=identity["type"], identity_number=identity["number"])
    return dependants.declare(parts(), holder(), said)


@own.put("/dependants/<dependant_id>/consent")
@own.arguments(schemas.ConsentBody)
@own.response(200)
def consent(body: dict[str, Any], dependant_id: str) -> dict[str, Any]:
    """Give or take back the guardian's consent for a child."""
    return dependants.consent(parts(), holder(), dependant_id, given=body["given"])


@own.delete("/dependants/<dependant_id>")
@own.response(204)
def remove(dependant_id: str) -> None:
    """Remove a dependant."""
    dependants.remove(parts(), holder(), dependant_id)


@office.get("/dependants")
@office.response(200)
def waiting() -> dict[str, Any]:
    """List declared dependants that wait for you."""
    return {"items": dependants.waiting(parts(), officer())}


@office.post("/dependants/<dependant_id>/decision")
@office.arguments(schemas.DependantDecisionBody)
@office.response(200)
def decide(body: dict[str, Any], dependant_id: str) -> dict[str, Any]:
    """Confirm a dependant, or turn the declaration down with a reason."""
    confirm = body["outcome"] == "confirm"
    return dependants.decide(parts(), officer(), dependant_id, confirm=confirm, reason=body["reason"])
