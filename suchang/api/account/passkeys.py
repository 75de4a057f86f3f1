"""Routes of passkeys: sign in with one, add, list and remove your own."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api import auth
from suchang.api.account import answers, schemas
from suchang.api.account.routes import signed_in
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone, for_holders
from suchang.api.requests import holder
from suchang.api.schemas import NothingBody
from suchang.workflows.account import passkey_ceremony, passkeys

anyone = for_anyone("account", "passkeys_anyone", at="/api/v1/sign-in/passkey")
holders = for_holders("account", "passkeys_holders", at="/api/v1/me/passkeys")


@anyone.post("/options")
@anyone.arguments(NothingBody)
@anyone.response(200, answers.PasskeyOptionsAnswer)
def passkey_sign_in_options(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Get the options for ``navigator.credentials.get``; the challenge in them counts once, for ten minutes."""
    return passkey_ceremony.sign_in_options(collaborators())


@anyone.post("")
@anyone.arguments(schemas.PasskeySignInBody)
@anyone.response(200, answers.SignedInAnswer)
def sign_in_with_passkey(body: dict[str, Any]) -> Response:
    """Sign a holder in with a passkey; sets a cookie and gives a bearer token."""
    return signed_in("holder", passkeys.sign_in(collaborators(), body["credential"], auth.this_browser("holder")))


@holders.get("")
@holders.response(200, answers.PasskeysAnswer)
def list_passkeys() -> dict[str, Any]:
    """List your passkeys."""
    return {"items": passkeys.mine(collaborators(), holder())}


@holders.post("/options")
@holders.arguments(NothingBody)
@holders.response(200, answers.PasskeyOptionsAnswer)
def passkey_options(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Get the options for ``navigator.credentials.create``; within a quarter of an hour after signing in."""
    return passkeys.options_to_add(collaborators(), holder())


@holders.post("")
@holders.arguments(schemas.PasskeyBody)
@holders.response(201, answers.PasskeyAnswer)
def add_passkey(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add a passkey that the browser has made."""
    made = passkeys.add(collaborators(), holder(), name=body["name"], credential=body["credential"])
    auth.renew_session("holder")
    return made, 201


@holders.delete("/<passkey_id>")
@holders.response(204)
def remove_passkey(passkey_id: str) -> None:
    """Remove a passkey; it signs nobody in any more."""
    passkeys.remove(collaborators(), holder(), passkey_id)
