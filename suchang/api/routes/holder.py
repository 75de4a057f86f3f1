"""Routes for applicants and holders."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import created, download, holder, retry
from suchang.domain.lifecycle import CardReason
from suchang.workflows.application import applications
from suchang.workflows.card import cards, replacement, verification_history
from suchang.workflows.credential import credentials, devices, printed_cards
from suchang.workflows.people import identity
from suchang.workflows.redemption import benefits

blueprint = Blueprint("holder", __name__, url_prefix="/api/v1/me", description="For applicants and holders")
blueprint.before_request(auth.holder())


@blueprint.get("")
@blueprint.response(200)
def me() -> dict[str, Any]:
    """Show who is signed in."""
    return identity.me(collaborators(), holder())


@blueprint.put("")
@blueprint.arguments(schemas.holder.MeBody)
@blueprint.response(200)
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


@blueprint.put("/email")
@blueprint.arguments(schemas.holder.EmailBody)
@blueprint.response(200)
def set_email(body: dict[str, Any]) -> dict[str, Any]:
    """Leave an address for messages about the own case, or null to forget it."""
    return identity.set_email(collaborators(), holder(), body["email"])


@blueprint.get("/applications")
@blueprint.response(200)
def list_applications() -> dict[str, Any]:
    """List your applications, newest first."""
    return {"items": applications.mine(collaborators(), holder())}


@blueprint.post("/applications")
@blueprint.arguments(schemas.holder.ApplicationBody)
def start(body: dict[str, Any]) -> Any:
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


@blueprint.get("/applications/<application_id>")
@blueprint.response(200)
def show(application_id: str) -> dict[str, Any]:
    """Show one of your applications."""
    return applications.show(collaborators(), holder(), application_id)


@blueprint.post("/applications/<application_id>/evidence")
@blueprint.arguments(schemas.holder.EvidenceBody)
def add_evidence(body: dict[str, Any], application_id: str) -> Any:
    """Add a piece of evidence with the facts that it proves."""
    return created(
        applications.add_evidence(
            collaborators(), holder(), application_id, title=body["title"], facts=body["facts"], retry=retry()
        )
    )


@blueprint.delete("/applications/<application_id>/evidence/<evidence_id>")
@blueprint.response(204)
def remove_evidence(application_id: str, evidence_id: str) -> None:
    """Take a piece of evidence back."""
    applications.remove_evidence(collaborators(), holder(), application_id, evidence_id)


@blueprint.post("/applications/<application_id>/submit")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(200)
def submit(_body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Submit an application, or a supplement."""
    return applications.submit(collaborators(), holder(), application_id)


@blueprint.post("/applications/<application_id>/withdraw")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(200)
def withdraw(_body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Withdraw an application."""
    return applications.withdraw(collaborators(), holder(), application_id)


@blueprint.post("/applications/<application_id>/appeal")
@blueprint.arguments(schemas.common.ReasonBody)
@blueprint.response(200)
def appeal(body: dict[str, Any], application_id: str) -> dict[str, Any]:
    """Appeal a rejection."""
    return applications.appeal(collaborators(), holder(), application_id, body["reason"])


@blueprint.get("/card")
@blueprint.response(200)
def card() -> dict[str, Any]:
    """Show your card."""
    return credentials.my_card(collaborators(), holder())


@blueprint.get("/card/entitlements")
@blueprint.response(200)
def entitlements() -> dict[str, Any]:
    """List what your card gives you now, and what is used."""
    return {"items": benefits.mine(collaborators(), holder())}


@blueprint.post("/card/devices/challenge")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(200)
def device_challenge(_body: dict[str, Any]) -> dict[str, str]:
    """Get the nonce that your phone signs to register its key."""
    return {"nonce": devices.device_challenge(collaborators(), holder()), "audience": collaborators().issuer}


@blueprint.post("/card/devices")
@blueprint.arguments(schemas.holder.DeviceBody)
def register_device(body: dict[str, Any]) -> Any:
    """Register a phone's public key with proof of possession."""
    return created(
        devices.register_device(
            collaborators(), holder(), name=body["name"], jwk=body["jwk"], proof=body["proof"], retry=retry()
        )
    )


@blueprint.delete("/card/devices/<device_id>")
@blueprint.response(204)
def remove_device(device_id: str) -> None:
    """Take a phone off your card."""
    devices.remove_device(collaborators(), holder(), device_id)


@blueprint.post("/card/credentials")
@blueprint.arguments(schemas.common.CredentialBody)
def issue(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Get a credential: for a phone, printed, or a code for this minute."""
    return credentials.issue_any(collaborators(), holder(), **body), 201


@blueprint.get("/card/card.pdf")
def card_pdf() -> Response:
    """Print your card: a sheet of A4 to cut out."""
    return download(printed_cards.my_card_pdf(collaborators(), holder()), "application/pdf", "suchang-card.pdf")


@blueprint.get("/card/card.png")
def card_png() -> Response:
    """Get your printed card as a picture."""
    return download(printed_cards.my_card_png(collaborators(), holder()), "image/png", "suchang-card.png")


@blueprint.post("/card/report-lost")
@blueprint.arguments(schemas.common.ReasonBody)
@blueprint.response(200)
def report_lost(body: dict[str, Any]) -> dict[str, Any]:
    """Report the card lost; it is suspended at once."""
    return cards.report_lost(collaborators(), holder(), reason=body["reason"])


@blueprint.post("/card/replacement")
@blueprint.arguments(schemas.holder.OwnReplacementBody)
def replace_card(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Get another card in the place of one that is lost or damaged; the old one and its codes end at once."""
    because = CardReason(body.pop("because"))
    return replacement.for_holder(collaborators(), holder(), because=because, **body), 201


@blueprint.get("/verifications")
@blueprint.response(200)
def verifications() -> dict[str, Any]:
    """See who looked at your card, when and for what."""
    return {"items": verification_history.mine(collaborators(), holder())}


@blueprint.after_request
def no_store(response: Response) -> Response:
    """Keep personal answers out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response
