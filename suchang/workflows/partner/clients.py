"""The life of a partner's client: rotate its secret, replace its keys, say where it may come from, suspend it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.persistence.models import PartnerClient
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.partner.partners import ClientSecret
from suchang.workflows.partner.tokens import hash_secret
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

OVERLAP = timedelta(hours=24)
"""How long the old secret still works after a rotation, so that a partner can roll it out without a gap."""


def rotate_secret(
    collaborators: Collaborators, officer: OfficerActor, partner_id: str, client_id: str, *, at_once: bool = False
) -> ClientSecret:
    """Return a client a new secret, shown once; the old one works for a day more, or not at all (``at_once``)."""
    now, secret = collaborators.clock(), secrets.token_urlsafe(32)
    with unit_of_work(collaborators.sessions) as session:
        client = _client(session, officer, partner_id, client_id)
        if client.secret_hash is None:
            raise Conflict("This client signs assertions; replace its keys instead.", code="no_secret")
        client.previous_hash = None if at_once else client.secret_hash
        client.previous_until = None if at_once else now + OVERLAP
        client.secret_hash = hash_secret(secret)
        audit_rows.record(session, now, officer, "secret_rotated", "partner_client", client.id, at_once=at_once)
    return ClientSecret(client_id, secret)


def replace_keys(
    collaborators: Collaborators, officer: OfficerActor, partner_id: str, client_id: str, jwks: Mapping[str, Any]
) -> None:
    """Replace the public keys of a client that signs assertions; list the old one too while it is rolled out."""
    keys = jwks.get("keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= 5 or not all(_is_public_key(key) for key in keys):
        raise Invalid("A key set has 1 to 5 public P-256 keys, each with a kid of its own.", code="bad_keys")
    if len({key["kid"] for key in keys}) != len(keys):
        raise Invalid("Two keys have the same kid.", code="bad_keys")
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        client = _client(session, officer, partner_id, client_id)
        client.jwks = {"keys": keys}
        audit_rows.record(
            session, now, officer, "keys_replaced", "partner_client", client.id, kids=[k["kid"] for k in keys]
        )


def _is_public_key(key: object) -> bool:
    if not isinstance(key, dict) or "d" in key:
        return False
    texts = all(isinstance(key.get(name), str) and 0 < len(key[name]) <= 100 for name in ("kid", "x", "y"))
    return texts and key.get("kty") == "EC" and key.get("crv") == "P-256"


def set_networks(
    collaborators: Collaborators, officer: OfficerActor, partner_id: str, client_id: str, networks: Sequence[str]
) -> None:
    """Say from which networks (CIDR) a client may obtain tokens; none means anywhere."""
    try:
        written = [str(ip_network(one)) for one in networks]
    except ValueError as error:
        raise Invalid("A network is written as 203.0.113.0/24 or 2001:db8::/32.", code="bad_network") from error
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        client = _client(session, officer, partner_id, client_id)
        client.networks = written
        audit_rows.record(session, now, officer, "networks_set", "partner_client", client.id, networks=written)


def set_state(collaborators: Collaborators, officer: OfficerActor, partner_id: str, client_id: str, state: str) -> None:
    """Suspend or restore one client; its tokens stop working at once."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        client = _client(session, officer, partner_id, client_id)
        if client.state == state:
            raise Conflict(f"The client is {state} already.", code="no_change")
        client.state = state
        audit_rows.record(session, now, officer, f"client_{state}", "partner_client", client.id)


def _client(session: Session, officer: OfficerActor, partner_id: str, client_id: str) -> PartnerClient:
    officer.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    client = session.get(PartnerClient, client_id, with_for_update=True)
    if client is None or client.partner_id != partner_id:
        raise NotFound("This partner has no such client.")
    return client
