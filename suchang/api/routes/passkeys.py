"""Routes for passkeys: sign in with one, add, list and remove your own."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import holder
from suchang.api.routes.public import signed_in
from suchang.workflows.account import passkey_ceremony, passkeys

public = Blueprint("passkey_sign_in", __name__, url_prefix="/api/v1/sign-in/passkey", description="For anyone")
public.before_request(auth.anyone())

own = Blueprint("passkeys", __name__, url_prefix="/api/v1/me/passkeys", description="For applicants and holders")
own.before_request(auth.holder())


@public.post("/options")
@public.arguments(schemas.common.NothingBody)
@public.response(200)
def sign_in_options(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Get the options for ``navigator.credentials.get``; the challenge in them counts once, for ten minutes."""
    return passkey_ceremony.sign_in_options(collaborators())


@public.post("")
@public.arguments(schemas.sign_in.PasskeySignInBody)
def sign_in(body: dict[str, Any]) -> Response:
    """Sign a holder in with a passkey; sets a cookie and gives a bearer token."""
    return signed_in("holder", passkeys.sign_in(collaborators(), body["credential"], auth.this_browser("holder")))


@own.get("")
@own.response(200)
def list_passkeys() -> dict[str, Any]:
    """List your passkeys."""
    return {"items": passkeys.mine(collaborators(), holder())}


@own.post("/options")
@own.arguments(schemas.common.NothingBody)
@own.response(200)
def options(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Get the options for ``navigator.credentials.create``; within a quarter of an hour after signing in."""
    return passkeys.options_to_add(collaborators(), holder())


@own.post("")
@own.arguments(schemas.sign_in.PasskeyBody)
def add(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add a passkey that the browser has made."""
    made = passkeys.add(collaborators(), holder(), name=body["name"], credential=body["credential"])
    auth.renew_session("holder")
    return made, 201


@own.delete("/<passkey_id>")
@own.response(204)
def remove(passkey_id: str) -> None:
    """Remove a passkey; it signs nobody in any more."""
    passkeys.remove(collaborators(), holder(), passkey_id)
