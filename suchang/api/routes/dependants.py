"""Routes of dependants: the holder declares, consents and removes, an officer confirms."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import download, holder, officer
from suchang.workflows.card import dependants
from suchang.workflows.card.dependants import Declaration
from suchang.workflows.credential import credentials, printed_cards

own = Blueprint("dependants", __name__, url_prefix="/api/v1/me", description="A holder's dependants")
own.before_request(auth.holder())

office = Blueprint("dependants_office", __name__, url_prefix="/api/v1", description="Dependants, for officers")
office.before_request(auth.officer())


@own.get("/dependants")
@own.response(200)
def mine() -> dict[str, Any]:
    """List your dependants."""
    return {"items": dependants.mine(collaborators(), holder())}


@own.post("/dependants")
@own.arguments(schemas.holder.DependantBody)
@own.response(201)
def declare(body: dict[str, Any]) -> dict[str, Any]:
    """Declare a dependant with evidence; an officer confirms."""
    identity = body.pop("identity")
    said = Declaration(**body, identity_type=identity["type"], identity_number=identity["number"])
    return dependants.declare(collaborators(), holder(), said)


@own.put("/dependants/<dependant_id>/consent")
@own.arguments(schemas.holder.ConsentBody)
@own.response(200)
def consent(body: dict[str, Any], dependant_id: str) -> dict[str, Any]:
    """Give or take back the guardian's consent for a child."""
    return dependants.consent(collaborators(), holder(), dependant_id, given=body["given"])


@own.post("/dependants/<dependant_id>/credentials")
@own.arguments(schemas.common.CredentialBody)
def issue(body: dict[str, Any], dependant_id: str) -> tuple[dict[str, Any], int]:
    """Get a dependant's own credential: for your phone, printed, or a code for this minute."""
    return credentials.issue_any(collaborators(), holder(), dependant_id=dependant_id, **body), 201


@own.get("/dependants/<dependant_id>/card.pdf")
def card_pdf(dependant_id: str) -> Response:
    """Print a dependant's card: a sheet of A4 to cut out."""
    sheet = printed_cards.my_card_pdf(collaborators(), holder(), dependant_id)
    return download(sheet, "application/pdf", "suchang-family-card.pdf")


@own.get("/dependants/<dependant_id>/card.png")
def card_png(dependant_id: str) -> Response:
    """Get a dependant's printed card as a picture."""
    picture = printed_cards.my_card_png(collaborators(), holder(), dependant_id)
    return download(picture, "image/png", "suchang-family-card.png")


@own.after_request
def no_store(response: Response) -> Response:
    """Keep personal answers out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


@own.delete("/dependants/<dependant_id>")
@own.response(204)
def remove(dependant_id: str) -> None:
    """Remove a dependant."""
    dependants.remove(collaborators(), holder(), dependant_id)


@office.get("/dependants")
@office.response(200)
def waiting() -> dict[str, Any]:
    """List declared dependants that wait for you."""
    return {"items": dependants.waiting(collaborators(), officer())}


@office.post("/dependants/<dependant_id>/decision")
@office.arguments(schemas.officer.DependantDecisionBody)
@office.response(200)
def decide(body: dict[str, Any], dependant_id: str) -> dict[str, Any]:
    """Confirm a dependant, or turn the declaration down with a reason."""
    confirm = body["outcome"] == "confirm"
    return dependants.decide(collaborators(), officer(), dependant_id, confirm=confirm, reason=body["reason"])
