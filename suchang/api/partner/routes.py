"""Routes of partners' onboarding, clients and rates."""

from __future__ import annotations

from typing import Any

from flask import Response, json

from suchang.api.answers import IdAnswer
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers, for_partners
from suchang.api.partner import answers, schemas
from suchang.api.requests import officer, partner
from suchang.workflows.partner import clients, rates
from suchang.workflows.partner import partners as onboarding

officers = for_officers("partner", "partner_officers")
partners = for_partners("partner", "partner_partners")


@officers.get("/partners")
@officers.response(200, answers.PartnersAnswer)
def list_partners() -> dict[str, Any]:
    """List partners."""
    return {"items": onboarding.list_partners(collaborators(), officer())}


@officers.post("/partners")
@officers.arguments(schemas.PartnerBody)
@officers.response(201, answers.PartnerAnswer)
def register_partner(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Register a partner with its sites."""
    sites = [(site["name"], site["city"]) for site in body["sites"]]
    view = onboarding.register_partner(
        collaborators(), officer(), name=body["name"], uscc=body["uscc"], domains=body["domains"], sites=sites
    )
    return view, 201


@officers.post("/partners/<partner_id>/clients")
@officers.arguments(schemas.ClientBody)
@officers.response(201, answers.NewClientAnswer)
def add_client(body: dict[str, Any], partner_id: str) -> tuple[dict[str, Any], int]:
    """Return a partner's program an identifier; its secret is shown once."""
    made = onboarding.add_client(
        collaborators(),
        officer(),
        partner_id,
        name=body["name"],
        scopes=body["scopes"],
        site_id=body["site"],
        jwks=body["jwks"],
    )
    return {"client_id": made.client_id, "client_secret": made.secret or None}, 201


@officers.post("/partners/<partner_id>/operators")
@officers.arguments(schemas.OperatorBody)
@officers.response(201, IdAnswer)
def add_operator(body: dict[str, Any], partner_id: str) -> tuple[dict[str, Any], int]:
    """Return a person at a partner's desk an account."""
    made = onboarding.add_desk_operator(collaborators(), officer(), partner_id, site_id=body.pop("site"), **body)
    return {"id": made}, 201


@officers.put("/partners/<partner_id>/state")
@officers.arguments(schemas.PartnerStateBody)
@officers.response(200, answers.PartnerAnswer)
def set_partner_state(body: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Suspend or restore a partner."""
    return onboarding.set_partner_state(collaborators(), officer(), partner_id, body["state"])


@officers.post("/partners/<partner_id>/clients/<client_id>/secret")
@officers.arguments(schemas.RotationBody)
@officers.response(201, answers.NewClientAnswer)
def rotate_client_secret(body: dict[str, Any], partner_id: str, client_id: str) -> Response:
    """Rotate a client's secret; the new one is shown once, the old one works for a day more."""
    made = clients.rotate_secret(collaborators(), officer(), partner_id, client_id, at_once=body["at_once"])
    shown = json.dumps({"client_id": made.client_id, "client_secret": made.secret})
    return Response(shown, 201, content_type="application/json", headers={"Cache-Control": "no-store"})


@officers.put("/partners/<partner_id>/clients/<client_id>/keys")
@officers.arguments(schemas.ClientKeysBody)
@officers.response(200, answers.ClientIdAnswer)
def replace_client_keys(body: dict[str, Any], partner_id: str, client_id: str) -> dict[str, Any]:
    """Replace the public keys of a client that signs assertions."""
    clients.replace_keys(collaborators(), officer(), partner_id, client_id, body["jwks"])
    return {"client_id": client_id}


@officers.put("/partners/<partner_id>/clients/<client_id>/networks")
@officers.arguments(schemas.NetworksBody)
@officers.response(200, answers.ClientNetworksAnswer)
def set_client_networks(body: dict[str, Any], partner_id: str, client_id: str) -> dict[str, Any]:
    """Say from which networks a client may obtain tokens."""
    clients.set_networks(collaborators(), officer(), partner_id, client_id, body["networks"])
    return {"client_id": client_id, "networks": body["networks"]}


@officers.put("/partners/<partner_id>/clients/<client_id>/state")
@officers.arguments(schemas.PartnerStateBody)
@officers.response(200, answers.ClientStateAnswer)
def set_client_state(body: dict[str, Any], partner_id: str, client_id: str) -> dict[str, Any]:
    """Suspend or restore one client."""
    clients.set_state(collaborators(), officer(), partner_id, client_id, body["state"])
    return {"client_id": client_id, "state": body["state"]}


@officers.put("/partners/<partner_id>/rate")
@officers.arguments(schemas.RateBody)
@officers.response(200, answers.PartnerAnswer)
def set_partner_rate(body: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Agree with a partner how often it may call; null for the usual rate."""
    return onboarding.set_partner_rate(collaborators(), officer(), partner_id, body["requests_per_minute"])


@partners.get("/rate")
@partners.response(200, answers.OwnRateAnswer)
def show_own_rate() -> dict[str, Any]:
    """Show how often you may call, and what is left of it about now."""
    return rates.mine(collaborators(), partner())
