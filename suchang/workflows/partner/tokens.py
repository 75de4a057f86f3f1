"""Access tokens of partners: HMAC over a small JSON payload, ten minutes, opaque to their bearer.

A signature per token would cost as much as the credential's own (credential.md, ceiling); an HMAC costs 2 µs. The
client's state is looked up on every use, so a suspended client is refused at once and not when its token ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import jwt
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.domain.errors import Forbidden, Invalid, Unauthenticated
from suchang.persistence.models import Partner, PartnerClient, UsedAssertion
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

LIFETIME_SECONDS = 600
SANDBOX = "sandbox"
"""The scope of a client that gets sandbox answers and nothing else."""

PREFIX = "sct_"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BAD_CLIENT = "The client's credentials are not good."


def hash_secret(secret: str) -> bytes:
    """Hash a client secret. Secrets are 256 random bits, so one SHA-256 is enough and costs a request nothing."""
    return hashlib.sha256(secret.encode()).digest()


def is_access_token(text: str) -> bool:
    """Tell whether a bearer token is a partner's; sessions have another form."""
    return text.startswith(PREFIX)


def _mac(secret: bytes, payload: str) -> str:
    digest = hmac.digest(secret, b"partner token|" + payload.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _mint(collaborators: Collaborators, client: PartnerClient, scopes: list[str], now: datetime) -> str:
    claims = {
        "c": client.id,
        "p": client.partner_id,
        "s": client.site_id,
        "o": scopes,
        "e": int(now.timestamp()) + LIFETIME_SECONDS,
        "j": secrets.token_urlsafe(9),
    }
    payload = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return f"{PREFIX}{payload}.{_mac(collaborators.settings.secret_key, payload)}"


def read(collaborators: Collaborators, token: str, address: str | None = None) -> PartnerActor:
    """Read an access token: its MAC and its time. Whether the client may still act is asked where it acts.

    Raises Unauthenticated for one that is forged, altered or over.
    """
    ends, actor = _genuine(collaborators.settings.secret_key, token, plain_address(address))
    if collaborators.clock().timestamp() >= ends:
        raise Unauthenticated("The access token has ended; obtain a new one at /oauth/token.", code="token_expired")
    return actor


@lru_cache(maxsize=1024)
def _genuine(secret: bytes, token: str, address: str | None) -> tuple[int, PartnerActor]:
    """Return the end and the bearer of a token that we made. A token serves hundreds of calls: it is opened once."""
    payload, _, mac = token.removeprefix(PREFIX).partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(secret, payload).encode()):
        raise Unauthenticated("The access token is not one of ours; obtain one at /oauth/token.", code="bad_token")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims["e"], PartnerActor(claims["p"], claims["c"], claims["s"], frozenset(claims["o"]), address=address)


@lru_cache(maxsize=1024)
def plain_address(text: str | None) -> str | None:
    """Return an IP address in the form in which it is compared with networks; None for what is none."""
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def ensure_active(session: Session, actor: PartnerActor) -> None:
    """Refuse a partner or client that was suspended after its token was made, and a call from a foreign network."""
    if actor.operator_id is not None:
        return
    found = session.execute(
        select(PartnerClient.state, Partner.state, PartnerClient.networks)
        .join(Partner, Partner.id == PartnerClient.partner_id)
        .where(PartnerClient.id == actor.client_id)
    ).one_or_none()
    if found is None or found[0] != "active" or found[1] != "active":
        raise Unauthenticated("This client is suspended.", code="client_suspended")
    if not _is_within(actor.address, found[2]):
        raise Forbidden("This client may not call from this address.", code="address_not_allowed")


def grant_token(
    collaborators: Collaborators,
    *,
    basic: tuple[str, str] | None,
    assertion: tuple[str | None, str] | None,
    scope: str | None,
    token_endpoint: str,
    address: str | None = None,
) -> dict[str, Any]:
    """Answer a client-credentials request (RFC 6749 section 4.4) by secret or by assertion (RFC 7523).

    ``assertion`` is the assertion type and the JWT. Raises Unauthenticated (``invalid_client``) or Invalid
    (``invalid_scope``).
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        if basic is not None:
            client = _client_by_secret(session, *basic, now)
        elif assertion is not None:
            client = _client_by_assertion(session, *assertion, audience=(token_endpoint, collaborators.issuer), now=now)
        else:
            raise Unauthenticated("Name the client by HTTP Basic or by a signed assertion.", code="invalid_client")
        _need_network(client, address)
        wanted = client.scopes if not scope else scope.split()
        if not set(wanted) <= set(client.scopes):
            raise Invalid("A scope was asked for that this client does not have.", code="invalid_scope")
        actor = PartnerActor(client.partner_id, client.id, client.site_id, frozenset(wanted))
        audit_rows.record(session, now, actor, "token_granted", "partner_client", client.id, scopes=sorted(wanted))
        return {
            "access_token": _mint(collaborators, client, sorted(wanted), now),
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "scope": " ".join(sorted(wanted)),
        }


def _client(session: Session, client_id: str) -> PartnerClient | None:
    return session.execute(
        select(PartnerClient)
        .join(Partner, Partner.id == PartnerClient.partner_id)
        .where(PartnerClient.id == client_id, PartnerClient.state == "active", Partner.state == "active")
    ).scalar_one_or_none()


def _need_network(client: PartnerClient, address: str | None) -> None:
    """Refuse an address outside the client's networks, in the words of any other refusal."""
    if not _is_within(plain_address(address), client.networks):
        raise Unauthenticated(_BAD_CLIENT, code="invalid_client")


def _is_within(address: str | None, networks: Sequence[str]) -> bool:
    """Tell whether an address lies in one of the networks; without any, all do."""
    if not networks:
        return True
    return address is not None and any(ip_address(address) in ip_network(one) for one in networks)


def _client_by_secret(session: Session, client_id: str, secret: str, now: datetime) -> PartnerClient:
    client = _client(session, client_id)
    kept = client.secret_hash if client is not None and client.secret_hash else bytes(32)
    old = client.previous_hash if client is not None and client.previous_hash else bytes(32)
    lingers = client is not None and client.previous_until is not None and now < client.previous_until
    given = hash_secret(secret)
    # Both are compared always, so that the time tells nothing.
    fits = hmac.compare_digest(kept, given) | (hmac.compare_digest(old, given) & lingers)
    if not fits or client is None:
        raise Unauthenticated(_BAD_CLIENT, code="invalid_client")
    return client


def _client_by_assertion(
    session: Session, kind: str | None, assertion: str, audience: tuple[str, str], now: datetime
) -> PartnerClient:
    if kind != ASSERTION_TYPE or len(assertion) > 8192:
        raise Unauthenticated(_BAD_CLIENT, code="invalid_client")
    try:
        header = jwt.get_unverified_header(assertion)
        claimed = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
        client = _client(session, claimed) if isinstance(claimed, str) else None
        keys = (client.jwks or {}).get("keys", []) if client else []
        key = next(jwk for jwk in keys if jwk.get("kid") == header.get("kid"))
        claims = jwt.decode(
            assertion,
            jwt.PyJWK(key, algorithm="ES256").key,
            algorithms=["ES256"],
            audience=list(audience),
            issuer=claimed,
            options={"require": ["exp", "iat", "jti", "sub", "iss", "aud"]},
            leeway=10,
        )
    except (jwt.PyJWTError, StopIteration, binascii.Error, ValueError, TypeError):
        raise Unauthenticated(_BAD_CLIENT, code="invalid_client") from None
    if client is None or claims["exp"] - claims["iat"] > 300 or not isinstance(claims["jti"], str):
        raise Unauthenticated(_BAD_CLIENT, code="invalid_client")
    fresh = session.execute(
        insert(UsedAssertion)
        .values(
            client_id=client.id,
            jti=claims["jti"][:255],
            expires_at=datetime.fromtimestamp(claims["exp"] + 60, now.tzinfo),
        )
        .on_conflict_do_nothing()
        .returning(UsedAssertion.jti)
    ).scalar_one_or_none()
    if fresh is None:
        raise Unauthenticated("This assertion was used before; make a new one.", code="invalid_client")
    return client


def need_scope(actor: PartnerActor, scope: str) -> None:
    """Raise Forbidden unless the actor has a scope such as ``verify:medical``."""
    if scope not in actor.scopes:
        raise Forbidden(f"This client has no scope {scope}.", code="insufficient_scope")
