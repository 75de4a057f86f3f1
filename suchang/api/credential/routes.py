"""Routes of credentials: phones, codes, printed cards; published keys, metadata and status lists."""

from __future__ import annotations

from typing import Any

from flask import Response, json, request

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone, for_holders
from suchang.api.credential import answers, schemas
from suchang.api.requests import created, download, holder, retry
from suchang.api.schemas import NothingBody
from suchang.credentials.status_list.token_status_list import etag
from suchang.workflows.credential import credentials, devices, printed_cards, signing_keys, status_lists

published = for_anyone("credential", "credential_published", at="")
holders = for_holders("credential", "credential_holders")


@published.get("/.well-known/jwks.json")
@published.response(200, answers.KeySetAnswer)
def jwks() -> Response:
    """Publish the issuer's public keys (RFC 7517)."""
    return _cached(signing_keys.jwks(collaborators()), 60, "application/jwk-set+json")


@published.get("/.well-known/jwt-vc-issuer")
@published.response(200, answers.IssuerAnswer)
def issuer() -> Response:
    """Publish the issuer's metadata (SD-JWT VC, issuer metadata), with the bits of the benefit domains."""
    bits = {slug: service.domain.bit for slug, service in collaborators().services.items()}
    origin = collaborators().issuer
    return _cached({"issuer": origin, "jwks_uri": f"{origin}/.well-known/jwks.json", "benefit_domains": bits}, 60)


@published.get("/status-lists/<int:list_id>")
def status_list(list_id: int) -> Response:
    """Publish a status list (Token Status List, JWT form)."""
    token = status_lists.published(collaborators(), list_id)
    response = Response(token, 200, content_type="application/statuslist+jwt")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Date, ETag"
    response.set_etag(etag(token).strip('"'))
    response.make_conditional(request)
    return response


def _cached(body: dict[str, Any], seconds: int, content_type: str = "application/json") -> Response:
    response = Response(json.dumps(body), 200, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Date, ETag"
    return response


@holders.post("/card/devices/challenge")
@holders.arguments(NothingBody)
@holders.response(200, answers.ChallengeAnswer)
def device_challenge(_body: dict[str, Any]) -> dict[str, str]:
    """Get the nonce that your phone signs to register its key."""
    return {"nonce": devices.device_challenge(collaborators(), holder()), "audience": collaborators().issuer}


@holders.post("/card/devices")
@holders.arguments(schemas.DeviceBody)
@holders.response(201, answers.DeviceAnswer)
def register_device(body: dict[str, Any]) -> Any:
    """Register a phone's public key with proof of possession."""
    return created(
        devices.register_device(
            collaborators(), holder(), name=body["name"], jwk=body["jwk"], proof=body["proof"], retry=retry()
        )
    )


@holders.delete("/card/devices/<device_id>")
@holders.response(204)
def remove_device(device_id: str) -> None:
    """Take a phone off your card."""
    devices.remove_device(collaborators(), holder(), device_id)


@holders.post("/card/credentials")
@holders.arguments(schemas.CredentialBody)
@holders.response(201, answers.CredentialAnswer)
def issue_credential(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Get a credential: for a phone, printed, or a code for this minute."""
    return credentials.issue_any(collaborators(), holder(), **body), 201


@holders.get("/card/card.pdf")
def card_pdf() -> Response:
    """Print your card: a sheet of A4 to cut out."""
    return download(printed_cards.my_card_pdf(collaborators(), holder()), "application/pdf", "suchang-card.pdf")


@holders.get("/card/card.png")
def card_png() -> Response:
    """Get your printed card as a picture."""
    return download(printed_cards.my_card_png(collaborators(), holder()), "image/png", "suchang-card.png")


@holders.post("/dependants/<dependant_id>/credentials")
@holders.arguments(schemas.CredentialBody)
@holders.response(201, answers.CredentialAnswer)
def issue_dependant_credential(body: dict[str, Any], dependant_id: str) -> tuple[dict[str, Any], int]:
    """Get a dependant's own credential: for your phone, printed, or a code for this minute."""
    return credentials.issue_any(collaborators(), holder(), dependant_id=dependant_id, **body), 201


@holders.get("/dependants/<dependant_id>/card.pdf")
def dependant_card_pdf(dependant_id: str) -> Response:
    """Print a dependant's card: a sheet of A4 to cut out."""
    sheet = printed_cards.my_card_pdf(collaborators(), holder(), dependant_id)
    return download(sheet, "application/pdf", "suchang-family-card.pdf")


@holders.get("/dependants/<dependant_id>/card.png")
def dependant_card_png(dependant_id: str) -> Response:
    """Get a dependant's printed card as a picture."""
    picture = printed_cards.my_card_png(collaborators(), holder(), dependant_id)
    return download(picture, "image/png", "suchang-family-card.png")
