"""Routes of cards and dependants, for holders and for officers."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_holders, for_officers
from suchang.api.card import answers, schemas
from suchang.api.requests import holder, officer, query_text
from suchang.api.schemas import ReasonBody
from suchang.domain.lifecycle import CardEvent, CardReason
from suchang.workflows.card import cards, dependants, replacement, verification_history
from suchang.workflows.card.dependants import Declaration
from suchang.workflows.credential import credentials

holders = for_holders("card", "card_holders")
officers = for_officers("card", "card_officers")


@holders.get("/card")
@holders.response(200, answers.CardAnswer)
def show_own_card() -> dict[str, Any]:
    """Show your card."""
    return credentials.my_card(collaborators(), holder())


@holders.post("/card/report-lost")
@holders.arguments(ReasonBody)
@holders.response(200, answers.CardAnswer)
def report_lost(body: dict[str, Any]) -> dict[str, Any]:
    """Report the card lost; it is suspended at once."""
    return cards.report_lost(collaborators(), holder(), reason=body["reason"])


@holders.post("/card/replacement")
@holders.arguments(schemas.OwnReplacementBody)
@holders.response(201, answers.CardAnswer)
def replace_own_card(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Get another card in the place of one that is lost or damaged; the old one and its codes end at once."""
    because = CardReason(body.pop("because"))
    return replacement.for_holder(collaborators(), holder(), because=because, **body), 201


@holders.get("/verifications")
@holders.response(200, answers.SeenVerificationsAnswer)
def list_own_verifications() -> dict[str, Any]:
    """See who looked at your card, when and for what."""
    return {"items": verification_history.mine(collaborators(), holder())}


@holders.get("/dependants")
@holders.response(200, answers.DependantsAnswer)
def list_own_dependants() -> dict[str, Any]:
    """List your dependants."""
    return {"items": dependants.mine(collaborators(), holder())}


@holders.post("/dependants")
@holders.arguments(schemas.DependantBody)
@holders.response(201, answers.DependantAnswer)
def declare_dependant(body: dict[str, Any]) -> dict[str, Any]:
    """Declare a dependant with evidence; an officer confirms."""
    identity = body.pop("identity")
    said = Declaration(**body, identity_type=identity["type"], identity_number=identity["number"])
    return dependants.declare(collaborators(), holder(), said)


@holders.put("/dependants/<dependant_id>/consent")
@holders.arguments(schemas.ConsentBody)
@holders.response(200, answers.DependantAnswer)
def consent_for_dependant(body: dict[str, Any], dependant_id: str) -> dict[str, Any]:
    """Give or take back the guardian's consent for a child."""
    return dependants.consent(collaborators(), holder(), dependant_id, given=body["given"])


@holders.delete("/dependants/<dependant_id>")
@holders.response(204)
def remove_dependant(dependant_id: str) -> None:
    """Remove a dependant."""
    dependants.remove(collaborators(), holder(), dependant_id)


@officers.get("/dependants")
@officers.response(200, answers.DeclaredDependantsAnswer)
def list_waiting_dependants() -> dict[str, Any]:
    """List declared dependants that wait for you."""
    return {"items": dependants.waiting(collaborators(), officer())}


@officers.post("/dependants/<dependant_id>/decision")
@officers.arguments(schemas.DependantDecisionBody)
@officers.response(200, answers.DeclaredDependantAnswer)
def decide_dependant(body: dict[str, Any], dependant_id: str) -> dict[str, Any]:
    """Confirm a dependant, or turn the declaration down with a reason."""
    confirm = body["outcome"] == "confirm"
    return dependants.decide(collaborators(), officer(), dependant_id, confirm=confirm, reason=body["reason"])


@officers.get("/cards")
@officers.response(200, answers.CardsAnswer)
def list_cards() -> dict[str, Any]:
    """List cards, newest first, or search by number or name."""
    return {"items": cards.list_cards(collaborators(), officer(), search=query_text("q"))}


@officers.post("/cards/<card_id>/suspend")
@officers.arguments(schemas.CardChangeBody)
@officers.response(200, answers.CardAnswer)
def suspend_card(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Suspend a card."""
    return cards.change(collaborators(), officer(), card_id, CardEvent.SUSPEND, **body)


@officers.post("/cards/<card_id>/restore")
@officers.arguments(ReasonBody)
@officers.response(200, answers.CardAnswer)
def restore_card(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Restore a suspended card."""
    return cards.change(collaborators(), officer(), card_id, CardEvent.RESTORE, because=None, reason=body["reason"])


@officers.post("/cards/<card_id>/revoke")
@officers.arguments(schemas.CardChangeBody)
@officers.response(200, answers.CardAnswer)
def revoke_card(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Revoke a card for good."""
    return cards.change(collaborators(), officer(), card_id, CardEvent.REVOKE, **body)


@officers.post("/cards/<card_id>/replacement")
@officers.arguments(schemas.ReplacementBody)
@officers.response(201, answers.CardAnswer)
def replace_card(body: dict[str, Any], card_id: str) -> tuple[dict[str, Any], int]:
    """Replace a card that is lost or damaged."""
    because = CardReason(body["because"])
    return replacement.by_officer(collaborators(), officer(), card_id, because=because, reason=body["reason"]), 201


@officers.post("/cards/<card_id>/move-employer")
@officers.arguments(ReasonBody)
@officers.response(200, answers.CardAnswer)
def move_card_to_employer(body: dict[str, Any], card_id: str) -> dict[str, Any]:
    """Move a departed holder's card to the employer that confirmed them."""
    return cards.move_employer(collaborators(), officer(), card_id, reason=body["reason"])
