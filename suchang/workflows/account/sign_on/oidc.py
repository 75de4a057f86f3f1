"""The authorization code flow with an OpenID provider: PKCE, state, nonce, and an ID token that is checked to the end.

OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE), RFC 9207 (the issuer in the answer). The provider's documents
are fetched anew for each sign-in: officers sign in seldom, and so a changed key needs nobody's attention.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from suchang.config.oidc_provider import OidcProvider
from suchang.domain.errors import NotFound, Unauthenticated, Unavailable
from suchang.workflows.runtime.collaborators import Collaborators

CALLBACK = "/console/sign-in/oidc/callback"
AFTER_SIGN_OUT = "/console/sign-in"
STARTED_SECONDS = 600
_LEEWAY = 60
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and the secret that it keeps in a cookie until it comes back."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Whom the provider vouches for, whether by two factors, and the page that had asked."""

    issuer: str
    subject: str
    two_factors: bool
    back: str


def provider(collaborators: Collaborators) -> OidcProvider:
    """Return the provider of the settings; NotFound where none is set."""
    if collaborators.settings.oidc is None:
        raise NotFound("No sign-in service is set up here.")
    return collaborators.settings.oidc


def redirect_uri(collaborators: Collaborators, path: str = CALLBACK) -> str:
    """Return an address of ours as the provider knows it."""
    return (collaborators.settings.origins or (collaborators.issuer,))[0] + path


def secret_key(secret: str) -> str:
    """Return what is kept of a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _fetch(url: str, **post: Any) -> dict[str, Any]:
    """Fetch a JSON object from the provider; Unavailable when nothing usable comes back."""
    try:
        answer = httpx.post(url, timeout=10, **post) if post else httpx.get(url, timeout=10)
        if post and answer.status_code in (400, 401, 403):
            raise _denied()
        found = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        found = None
    if not isinstance(found, dict):
        raise _away()
    return found


def _metadata(one: OidcProvider) -> dict[str, Any]:
    """Read the provider's own description, and refuse one that speaks for somebody else (Discovery 1.0, 4.3)."""
    found = _fetch(one.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != one.issuer:
        raise _untrusted()
    return found


def _away() -> Unavailable:
    return Unavailable(
        "The sign-in service does not answer; sign in with password and one-time password, or try again later.",
        code="oidc_away",
    )


def _denied() -> Unauthenticated:
    return Unauthenticated("The sign-in service did not sign you in; nothing was changed.", code="oidc_denied")


def _untrusted() -> Unauthenticated:
    return Unauthenticated("The sign-in service's answer can't be trusted; nobody was signed in.", code="oidc_answer")


def begin(collaborators: Collaborators, back: str) -> Started:
    """Begin a sign-in: draw state, nonce and verifier, keep them for ten minutes, bound to this browser."""
    one = provider(collaborators)
    found = _metadata(one)
    state, nonce, verifier, secret = (secrets.token_urlsafe(32) for _ in range(4))
    kept = {"nonce": nonce, "verifier": verifier, "browser": secret_key(secret), "back": back}
    collaborators.redis.put(f"oidc-state:{state}", json.dumps(kept), STARTED_SECONDS)
    more = {"acr_values": " ".join(one.second_factor_acr)} if one.second_factor_acr else {}
    url = prepare_grant_uri(
        _endpoint(found, "authorization_endpoint"),
        one.client_id,
        "code",
        redirect_uri(collaborators),
        "openid",
        state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        **more,
    )
    return Started(url, secret)


def _endpoint(metadata: Mapping[str, Any], name: str) -> str:
    url = metadata.get(name)
    if not isinstance(url, str):
        raise _away()
    return url


def finish(collaborators: Collaborators, answer: Mapping[str, str], secret: str) -> Arrived:
    """Check what came back with the browser and fetch the ID token; a state counts once, and in its browser only.

    Raises Unauthenticated with one sentence for each way in which it can be wrong, Unavailable when nobody answers.
    """
    one = provider(collaborators)
    kept = json.loads(collaborators.redis.take(f"oidc-state:{answer.get('state', '')[:100]}") or "null")
    if kept is None or not secret or kept["browser"] != secret_key(secret):
        raise Unauthenticated(
            "This sign-in was not begun in this browser, was used already or took too long; please begin again.",
            code="oidc_state",
        )
    metadata = _metadata(one)
    named = answer.get("iss")
    if named != one.issuer and (named or metadata.get("authorization_response_iss_parameter_supported")):
        raise _untrusted()
    if "error" in answer or "code" not in answer:
        raise _denied()
    tokens = _exchange(collaborators, one, metadata, answer["code"], kept["verifier"])
    claims = _check(collaborators, one, metadata, tokens, kept["nonce"])
    two = one.proves_two_factors(claims.get("acr"), claims.get("amr"))
    return Arrived(one.issuer, str(claims["sub"]), two, str(kept["back"]))


def _exchange(
    collaborators: Collaborators, one: OidcProvider, metadata: Mapping[str, Any], code: str, verifier: str
) -> dict[str, Any]:
    body = prepare_token_request(
        "authorization_code", redirect_uri=redirect_uri(collaborators), code=code, code_verifier=verifier
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    # RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
    basic = httpx.BasicAuth(quote(one.client_id, safe=""), quote(one.client_secret, safe=""))
    return _fetch(_endpoint(metadata, "token_endpoint"), content=body, headers=headers, auth=basic)


def _check(
    collaborators: Collaborators, one: OidcProvider, metadata: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str
) -> Mapping[str, Any]:
    """Check the ID token: signature, issuer, audience, times, nonce, hash of the access token."""
    keys = _fetch(_endpoint(metadata, "jwks_uri"))
    try:
        token = jwt.decode(str(tokens.get("id_token", "")), KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        options = {"iss": {"essential": True, "value": one.issuer}, "aud": {"essential": True, "value": one.client_id}}
        known = {"nonce": nonce, "client_id": one.client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, options, known)
        claims.validate(now=int(collaborators.clock().timestamp()), leeway=_LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError):
        raise _untrusted() from None
    return dict(claims)


def sign_out_url(collaborators: Collaborators) -> str:
    """Return the address at which the provider ends its own session (RP-Initiated Logout 1.0)."""
    one = provider(collaborators)
    asked = {"client_id": one.client_id, "post_logout_redirect_uri": redirect_uri(collaborators, AFTER_SIGN_OUT)}
    return f"{_endpoint(_metadata(one), 'end_session_endpoint')}?{urlencode(asked)}"
