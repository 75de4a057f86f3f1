"""Routes for officers."""

from __future__ import annotations

from typing import Any

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import officer, query_text
from suchang.domain.lifecycle import CardEvent, CardReason
from suchang.workflows.card import cards, replacement
from suchang.workflows.casework import application_view
from suchang.workflows.casework import decision as deciding
from suchang.workflows.casework import queue as case_queue
from suchang.workflows.casework import review as reviewing
from suchang.workflows.partner import partners

blueprint = Blueprint("officer", __name__, url_prefix="/api/v1", description="For officers")
blueprint.before_request(auth.officer())


@blueprint.get("/officer")
@blueprint.response(200)
def me() -> dict[str, Any]:
    """Show which officer is signed in."""
    who = officer()
    return {"id": who.officer_id, "name": who.name, "roles": sorted(who.roles), "city": who.city}


@blueprint.get("/applications")
@blueprint.response(200)
def queue() -> dict[str, Any]:
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


@blueprint.get("/applications/<application_id>")
@blueprint.response(200)
def show(application_id: str) -> dict[str, Any]:
    """Show one case."""
    return application_view.show(collaborators(), officer(), application_id)


@blueprint.post("/applications/<application_id>/claim")
@blueprint.arguments(schemas.officer.VersionBody)
@blueprint.response(200)
def claim(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Take a case to review it."""
    return reviewing.claim(collaborators(), officer(), application_id, version=body.get("version"))


@blueprint.post("/applications/<application_id>/request-supplement")
@blueprint.arguments(schemas.officer.SupplementBody)
@blueprint.response(200)
def request_supplement(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Ask for missing documents, once and completely."""
    return reviewing.request_supplement(collaborators(), officer(), application_id, **body)


@blueprint.post("/applications/<application_id>/review")
@blueprint.arguments(schemas.officer.ReviewBody)
@blueprint.response(200)
def review(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Recommend approval or refusal."""
    return reviewing.review(collaborators(), officer(), application_id, **body)


@blueprint.post("/applications/<application_id>/decision")
@blueprint.arguments(schemas.officer.DecisionBody)
@blueprint.response(200)
def decision(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Approve or reject; an approval issues the card."""
    return deciding.decide(collaborators(), officer(), application_id, **body)


@blueprint.get("/cards")
@blueprint.response(200)
def list_cards() -> dict[str, Any]:
    """List cards, newest first, or search by number or name."""
    return {"items": cards.list_cards(collaborators(), officer(), search=query_text("q"))}


@blueprint.post("/cards/<card_id>/suspend")
@blueprint.arguments(schemas.officer.CardChangeBody)
@blueprint.response(200)
def suspend(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Suspend a card."""
    return cards.change(collaborators(), officer(), card_id, CardEvent.SUSPEND, **body)


@blueprint.post("/cards/<card_id>/restore")
@blueprint.arguments(schemas.common.ReasonBody)
@blueprint.response(200)
def restore(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Restore a suspended card."""
    return cards.change(collaborators(), officer(), card_id, CardEvent.RESTORE, because=None, reason=body["reason"])


@blueprint.post("/cards/<card_id>/revoke")
@blueprint.arguments(schemas.officer.CardChangeBody)
@blueprint.response(200)
def revoke(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Revoke a card for good."""
    return cards.change(collaborators(), officer(), card_id, CardEvent.REVOKE, **body)


@blueprint.post("/cards/<card_id>/replacement")
@blueprint.arguments(schemas.common.ReplacementBody)
def replace_card(body: dict[str, Any], card_id: str) -> tuple[dict[str, Any], int]:
    """Replace a card that is lost or damaged."""
    because = CardReason(body["because"])
    return replacement.by_officer(collaborators(), officer(), card_id, because=because, reason=body["reason"]), 201


@blueprint.get("/partners")
@blueprint.response(200)
def list_partners() -> dict[str, Any]:
    """List partners."""
    return {"items": partners.list_partners(collaborators(), officer())}


@blueprint.post("/partners")
@blueprint.arguments(schemas.partner.PartnerBody)
def register_partner(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Register a partner with its sites."""
    sites = [(site["name"], site["city"]) for site in body["sites"]]
    view = partners.register_partner(
        collaborators(), officer(), name=body["name"], uscc=body["uscc"], domains=body["domains"], sites=sites
    )
    return view, 201


@blueprint.post("/partners/<partner_id>/clients")
@blueprint.arguments(schemas.partner.ClientBody)
def add_client(body: dict[str, Any], partner_id: str) -> tuple[dict[str, Any], int]:
    """Return a partner's program an identifier; its secret is shown once."""
    made = partners.add_client(
        collaborators(),
        officer(),
        partner_id,
        name=body["name"],
        scopes=body["scopes"],
        site_id=body["site"],
        jwks=body["jwks"],
    )
    return {"client_id": made.client_id, "client_secret": made.secret or None}, 201


@blueprint.post("/partners/<partner_id>/operators")
@blueprint.arguments(schemas.partner.OperatorBody)
def add_operator(body: dict[str, Any], partner_id: str) -> tuple[dict[str, Any], int]:
    """Return a person at a partner's desk an account."""
    made = partners.add_desk_operator(collaborators(), officer(), partner_id, site_id=body.pop("site"), **body)
    return {"id": made}, 201


@blueprint.put("/partners/<partner_id>/state")
@blueprint.arguments(schemas.partner.PartnerStateBody)
@blueprint.response(200)
def partner_state(body: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Suspend or restore a partner."""
    return partners.set_partner_state(collaborators(), officer(), partner_id, body["state"])
