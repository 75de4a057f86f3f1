"""Routes of identity and employers."""

from __future__ import annotations

from typing import Any

from suchang.api import auth
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_employers, for_holders, for_officers
from suchang.api.people import answers, schemas
from suchang.api.requests import holder, officer
from suchang.domain.people.telephone import read_phone
from suchang.workflows.people import employers as employment
from suchang.workflows.people import identity

holders = for_holders("people", "people_holders")
officers = for_officers("people", "people_officers")
employers = for_employers("people", "people_employers")


@holders.get("")
@holders.response(200, answers.MeAnswer)
def me() -> dict[str, Any]:
    """Show who is signed in."""
    return identity.me(collaborators(), holder())


@holders.put("")
@holders.arguments(schemas.MeBody)
@holders.response(200, answers.MeAnswer)
def identify(body: dict[str, Any]) -> dict[str, Any]:
    """Say who you are: name and identity document."""
    document = body["identity"]
    said = identity.identify(
        collaborators(),
        holder(),
        name=body["name"],
        document_type=document["type"],
        number=document["number"],
        city=body.get("city"),
        language=body.get("language"),
    )
    auth.renew_session("holder")
    return said


@holders.put("/email")
@holders.arguments(schemas.EmailBody)
@holders.response(200, answers.MeAnswer)
def set_email(body: dict[str, Any]) -> dict[str, Any]:
    """Leave an address for messages about the own case, or null to forget it."""
    return identity.set_email(collaborators(), holder(), body["email"])


@officers.post("/employers/<uscc>/contacts")
@officers.arguments(schemas.ContactBody)
@officers.response(201, answers.ContactAnswer)
def appoint_contact(body: dict[str, Any], uscc: str) -> tuple[dict[str, Any], int]:
    """Name the person who speaks for an employer."""
    return employment.appoint(collaborators(), officer(), uscc, phone=read_phone(body["phone"])), 201


@employers.get("/<uscc>/confirmations")
@employers.response(200, answers.ConfirmationsAnswer)
def list_confirmations(uscc: str) -> dict[str, Any]:
    """List the applications that wait for your word."""
    return {"items": employment.waiting(collaborators(), holder(), uscc)}


@employers.post("/<uscc>/confirmations/<application_id>")
@employers.arguments(schemas.EmploymentBody)
@employers.response(200, answers.ConfirmedAnswer)
def answer_confirmation(body: dict[str, Any], uscc: str, application_id: str) -> dict[str, Any]:
    """Confirm an employment, or send the application back."""
    return employment.answer(collaborators(), holder(), uscc, application_id, **body)


@employers.post("/<uscc>/departures")
@employers.arguments(schemas.CardNumberBody)
@employers.response(200, answers.DepartureAnswer)
def report_departure(body: dict[str, Any], uscc: str) -> dict[str, Any]:
    """Say that a holder has left."""
    return employment.file_departure(collaborators(), holder(), uscc, number=body["number"])


@employers.post("/<uscc>/arrivals")
@employers.arguments(schemas.CardNumberBody)
@employers.response(200, answers.ArrivalAnswer)
def confirm_arrival(body: dict[str, Any], uscc: str) -> dict[str, Any]:
    """Say that a holder works here now."""
    return employment.confirm_arrival(collaborators(), holder(), uscc, number=body["number"])
