"""Routes for anyone: pre-check, benefits, sign-in, keys, health."""

from __future__ import annotations

from typing import Any

from flask import Response, json, request

from suchang.api import auth, schemas
from suchang.api.auth import COOKIES, collaborators
from suchang.api.metrics import exposition
from suchang.api.parsing import Blueprint
from suchang.credentials.status_list.token_status_list import etag
from suchang.domain.errors import Unauthenticated
from suchang.workflows.account import sessions, sign_in
from suchang.workflows.application import determine
from suchang.workflows.credential import signing_keys, status_lists
from suchang.workflows.redemption import benefits
from suchang.workflows.runtime import health

blueprint = Blueprint("public", __name__, url_prefix="/api/v1", description="For anyone")
blueprint.before_request(auth.anyone())

wellknown = Blueprint("wellknown", __name__, description="Keys, metadata, health")
wellknown.before_request(auth.anyone())


@blueprint.post("/prechecks")
@blueprint.arguments(schemas.holder.PrecheckBody)
@blueprint.response(200)
def precheck(body: dict[str, Any]) -> dict[str, Any]:
    """Determine by facts; nothing is stored."""
    result: dict[str, Any] = determine.precheck(collaborators(), body["facts"]).to_json()
    return result


@blueprint.get("/benefits")
@blueprint.response(200)
def list_benefits() -> dict[str, Any]:
    """List the benefit domains with their items."""
    return {"items": benefits.catalogue(collaborators())}


@blueprint.post("/sign-in/codes")
@blueprint.arguments(schemas.sign_in.CodeRequestBody)
@blueprint.response(202)
def request_code(body: dict[str, Any]) -> dict[str, Any]:
    """Send a one-time code to a phone; in demo mode the answer shows it."""
    code = sign_in.request_code(collaborators(), body["phone"])
    shown = {"code": code} if collaborators().settings.demo else {}
    return {"expires_in": sign_in.CODE_SECONDS} | shown


def _seconds(kind: str) -> int:
    return int(collaborators().settings.lifetimes[kind].at_most.total_seconds())


def signed_in(kind: str, signed: sign_in.SignedIn | None) -> Response:
    """Answer a sign-in with the token and its cookie; None becomes the one refusal that tells nothing."""
    if signed is None:
        raise Unauthenticated("The sign-in was not accepted: check what you typed, or wait if you tried too often.")
    body = {"token": signed.token, "subject": signed.subject_id, "expires_in": _seconds(kind)}
    response = Response(json.dumps(body), 200, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    auth.hand_session(response, kind, signed.token)
    return response


@blueprint.post("/sign-in")
@blueprint.arguments(schemas.sign_in.CodeSignInBody)
def sign_in_holder(body: dict[str, Any]) -> Response:
    """Sign a holder in with a phone and its code; sets a cookie and gives a bearer token."""
    return signed_in(
        "holder", sign_in.sign_in_with_code(collaborators(), body["phone"], body["code"], auth.this_browser("holder"))
    )


@blueprint.post("/officer/sign-in")
@blueprint.arguments(schemas.sign_in.OfficerSignInBody)
def sign_in_officer(body: dict[str, Any]) -> Response:
    """Sign an officer in with password and TOTP."""
    browser = auth.this_browser("officer")
    signed = sign_in.sign_in_officer(collaborators(), body["username"], body["password"], body["totp"], browser)
    return signed_in("officer", signed)


@blueprint.post("/desk/sign-in")
@blueprint.arguments(schemas.sign_in.DeskSignInBody)
def sign_in_desk(body: dict[str, Any]) -> Response:
    """Sign a desk operator in."""
    browser = auth.this_browser("desk")
    return signed_in("desk", sign_in.sign_in_desk(collaborators(), body["username"], body["password"], browser))


@blueprint.post("/sign-out")
@blueprint.response(204)
def sign_out() -> Response:
    """End every session that this request brings, and clear the cookies."""
    response = Response(status=204)
    tokens = [auth.bearer(), *(auth.session_token(kind) for kind in COOKIES)]
    for token in {one for one in tokens if one}:
        sessions.sign_out(collaborators(), token)
    for name in COOKIES.values():
        response.delete_cookie(name, samesite="Strict", httponly=True)
    return response


@wellknown.get("/.well-known/jwks.json")
@wellknown.response(200)
def jwks() -> Response:
    """Publish the issuer's public keys (RFC 7517)."""
    return _cached(signing_keys.jwks(collaborators()), 60, "application/jwk-set+json")


@wellknown.get("/.well-known/jwt-vc-issuer")
@wellknown.response(200)
def issuer() -> Response:
    """Publish the issuer's metadata (SD-JWT VC, issuer metadata), with the bits of the benefit domains."""
    bits = {slug: service.domain.bit for slug, service in collaborators().services.items()}
    origin = collaborators().issuer
    return _cached({"issuer": origin, "jwks_uri": f"{origin}/.well-known/jwks.json", "benefit_domains": bits}, 60)


@wellknown.get("/status-lists/<int:list_id>")
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


@wellknown.get("/metrics")
def metrics() -> Response:
    """Show operators' numbers (Prometheus)."""
    return exposition()


def _cached(body: dict[str, Any], seconds: int, content_type: str = "application/json") -> Response:
    response = Response(json.dumps(body), 200, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Date, ETag"
    return response


@wellknown.get("/healthz")
@wellknown.response(200)
def healthz() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@wellknown.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """Tell whether requests can be served: database, schema, roles."""
    faults = health.faults(collaborators())
    return {"status": "not ready" if faults else "ok", "faults": faults}, 503 if faults else 200
