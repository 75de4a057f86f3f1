"""The two WebAuthn ceremonies: who we are to a browser, challenges that count once, and what an authenticator answered.

WebAuthn Level 3, sections 7.1 (registration) and 7.2 (authentication); the library ``webauthn`` checks the answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Unauthenticated
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.installation import DEMO_ISSUER

CHALLENGE_LIFE = timedelta(minutes=10)
"""Long enough for a sign-in page that offers passkeys by itself and stands open meanwhile (assumption)."""
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)
"""What the library and its parsers raise for an answer that is not one; nothing of it reaches the sender."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to a browser: the host name that keys are bound to, and the origins that may ask for them."""

    id: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A registered key as the authenticator told it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


def relying_party(collaborators: Collaborators) -> RelyingParty:
    """Return who we are to browsers; raises Conflict at an address without a host name, where no passkey can be."""
    origins = collaborators.settings.origins or (collaborators.issuer or DEMO_ISSUER,)
    host = urlsplit(origins[0]).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return RelyingParty(host, origins)
    raise Conflict("Passkeys need an address with a host name; sign in with a code instead.", code="no_passkeys_here")


def _draw_challenge(collaborators: Collaborators, owner: str) -> bytes:
    """Draw a challenge and keep it; ``owner`` is the person who adds a key, or empty for a sign-in."""
    challenge = generate_challenge()
    kept = json.dumps({"owner": owner, "until": rfc3339(collaborators.clock() + CHALLENGE_LIFE)})
    collaborators.redis.put(_place(challenge), kept, int(CHALLENGE_LIFE.total_seconds()))
    return challenge


def _place(challenge: bytes) -> str:
    return f"passkey-challenge:{bytes_to_base64url(challenge)}"


def take_challenge(collaborators: Collaborators, credential: Mapping[str, Any], owner: str, now: datetime) -> bytes:
    """Use the challenge up that an answer was made for, whatever else is wrong with the answer.

    Raises Unauthenticated for one that was used, is too old, is somebody else's or was never given out.
    """
    try:
        told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(told["challenge"])
    except _UNREADABLE:
        challenge = b""
    kept = json.loads(collaborators.redis.take(_place(challenge)) or "null")
    if kept is None or kept["owner"] != owner or now >= datetime.fromisoformat(kept["until"]):
        raise Unauthenticated("This took too long or was tried before; please try again.", code="challenge_over")
    return challenge


def registration_options(
    collaborators: Collaborators, *, person_id: str, user_name: str, known: Iterable[bytes]
) -> dict[str, Any]:
    """Write the options for ``navigator.credentials.create``: discoverable, with user verification, no attestation."""
    party = relying_party(collaborators)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="苏畅卡 Su Chang Card",
        user_id=person_id.encode(),
        user_name=user_name,
        challenge=_draw_challenge(collaborators, person_id),
        timeout=300_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json_dict(options)


def sign_in_options(collaborators: Collaborators) -> dict[str, Any]:
    """Write the options for ``navigator.credentials.get``: any passkey of ours, with user verification."""
    party = relying_party(collaborators)
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=_draw_challenge(collaborators, ""),
        timeout=300_000,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def read_new_key(collaborators: Collaborators, credential: Mapping[str, Any], challenge: bytes) -> NewKey | None:
    """Verify the answer to a registration; None when it is not good."""
    party = relying_party(collaborators)
    try:
        found = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _UNREADABLE:
        return None
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count, found.credential_backed_up)


def credential_id(credential: Mapping[str, Any]) -> bytes:
    """Read which key an answer says it is from; empty when it can't be read."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except _UNREADABLE:
        return b""


def named_owner(credential: Mapping[str, Any]) -> str:
    """Read whom the authenticator holds the key for (the user handle); empty when it doesn't say."""
    try:
        return base64url_to_bytes(credential["response"]["userHandle"]).decode()
    except _UNREADABLE:
        return ""


def read_signature(
    collaborators: Collaborators, credential: Mapping[str, Any], challenge: bytes, public_key: bytes
) -> int | None:
    """Verify a signature over a challenge; gives the authenticator's counter, None when it is not good.

    The counter is judged by the caller, because only behind a good signature does it mean anything.
    """
    party = relying_party(collaborators)
    try:
        found = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    return found.new_sign_count
