"""Routes of sign-in, second factors and officers' accounts."""

from __future__ import annotations

from typing import Any

from flask import Response, json

from suchang.api import auth
from suchang.api.account import answers, schemas
from suchang.api.answers import IdAnswer
from suchang.api.auth import COOKIES, collaborators
from suchang.api.blueprints import for_anyone, for_officers
from suchang.api.requests import officer
from suchang.api.schemas import NothingBody
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Unauthenticated
from suchang.workflows.account import second_factors, sessions, sign_in
from suchang.workflows.account.sign_on import oidc_sign_in

anyone = for_anyone("account", "account_anyone")
officers = for_officers("account", "account_officers")


@anyone.post("/sign-in/codes")
@anyone.arguments(schemas.CodeRequestBody)
@anyone.response(202, answers.CodeSentAnswer)
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


@anyone.post("/sign-in")
@anyone.arguments(schemas.CodeSignInBody)
@anyone.response(200, answers.SignedInAnswer)
def sign_in_holder(body: dict[str, Any]) -> Response:
    """Sign a holder in with a phone and its code; sets a cookie and gives a bearer token."""
    return signed_in(
        "holder", sign_in.sign_in_with_code(collaborators(), body["phone"], body["code"], auth.this_browser("holder"))
    )


@anyone.post("/officer/sign-in")
@anyone.arguments(schemas.OfficerSignInBody)
@anyone.response(200, answers.SignedInAnswer)
def sign_in_officer(body: dict[str, Any]) -> Response:
    """Sign an officer in with password and TOTP."""
    browser = auth.this_browser("officer")
    signed = sign_in.sign_in_officer(collaborators(), body["username"], body["password"], body["totp"], browser)
    return signed_in("officer", signed)


@anyone.post("/desk/sign-in")
@anyone.arguments(schemas.DeskSignInBody)
@anyone.response(200, answers.SignedInAnswer)
def sign_in_desk(body: dict[str, Any]) -> Response:
    """Sign a desk operator in."""
    browser = auth.this_browser("desk")
    return signed_in("desk", sign_in.sign_in_desk(collaborators(), body["username"], body["password"], browser))


@anyone.post("/sign-out")
@anyone.response(204)
def sign_out() -> Response:
    """End every session that this request brings, and clear the cookies."""
    response = Response(status=204)
    tokens = [auth.bearer(), *(auth.session_token(kind) for kind in COOKIES)]
    for token in {one for one in tokens if one}:
        sessions.sign_out(collaborators(), token)
    for name in COOKIES.values():
        response.delete_cookie(name, samesite="Strict", httponly=True)
    return response


@officers.get("/officer")
@officers.response(200, answers.OfficerAnswer)
def show_officer() -> dict[str, Any]:
    """Show which officer is signed in."""
    who = officer()
    return {"id": who.officer_id, "name": who.name, "roles": sorted(who.roles), "city": who.city}


@officers.post("/officers/<officer_id>/totp-resets")
@officers.arguments(schemas.ResetBody)
@officers.response(201, IdAnswer)
def propose_totp_reset(body: dict[str, Any], officer_id: str) -> tuple[dict[str, Any], int]:
    """Propose a new second factor for another officer."""
    return {"id": second_factors.propose(collaborators(), officer(), officer_id, reason=body["reason"])}, 201


@officers.post("/totp-resets/<proposal_id>/confirmation")
@officers.arguments(NothingBody)
@officers.response(200, answers.TotpAnswer)
def confirm_totp_reset(body: dict[str, Any], proposal_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Confirm a colleague's proposal; the link by which the owner sets new secrets is shown once."""
    made = second_factors.confirm(collaborators(), officer(), proposal_id)
    return {"invitation": made.link, "good_until": rfc3339(made.good_until)}


@officers.put("/officers/<officer_id>/oidc-link")
@officers.arguments(schemas.OidcLinkBody)
@officers.response(204)
def link_oidc(body: dict[str, Any], officer_id: str) -> None:
    """Link another officer's account to a subject of the sign-in service; its sessions end."""
    oidc_sign_in.link(collaborators(), officer(), officer_id, body["subject"])


@officers.delete("/officers/<officer_id>/oidc-link")
@officers.response(204)
def unlink_oidc(officer_id: str) -> None:
    """Take another officer's link to the sign-in service away."""
    oidc_sign_in.link(collaborators(), officer(), officer_id, None)
