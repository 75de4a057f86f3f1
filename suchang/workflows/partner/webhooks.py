"""Webhooks: partners are told when a card that they accepted before is suspended, restored or ended.

The announcement shares the transaction of what it announces. Sending is another matter (``webhook_sending``). A partner
learns no more than the ``sub`` that it scanned itself.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.partner.webhooks import WebhookEvent
from suchang.persistence.models import Partner, Verification, WebhookDelivery, WebhookEndpoint
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.partner.tokens import ensure_active
from suchang.workflows.runtime.actors import OfficerActor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

REMEMBERED = timedelta(days=90)
"""How long after a verification a partner is told about the card."""

OVERLAP = timedelta(hours=24)
ENDPOINTS = 5
PAGE = 100


def register(collaborators: Collaborators, officer: OfficerActor, partner_id: str, url: str) -> dict[str, Any]:
    """Take an address in and give it a secret, shown once. Raises Invalid for an address that is not https."""
    officer.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    _check_url(url, demo=collaborators.settings.demo)
    now, secret = collaborators.clock(), f"whs_{secrets.token_urlsafe(32)}"
    with unit_of_work(collaborators.sessions) as session:
        partner = session.get(Partner, partner_id, with_for_update=True)
        if partner is None:
            raise NotFound("There is no such partner.")
        have = session.execute(select(WebhookEndpoint.id).where(WebhookEndpoint.partner_id == partner_id)).all()
        if len(have) >= ENDPOINTS:
            raise Conflict(f"A partner has at most {ENDPOINTS} addresses.", code="too_many_endpoints")
        endpoint_id = new_id("whe")
        session.add(
            WebhookEndpoint(
                id=endpoint_id,
                partner_id=partner_id,
                url=url,
                secret_cipher=collaborators.vault.encrypt(secret, endpoint_id),
                state="active",
                created_at=now,
            )
        )
        audit_rows.record(
            session, now, officer, "webhook_registered", "webhook_endpoint", endpoint_id, partner=partner_id
        )
    return {"id": endpoint_id, "url": url, "secret": secret}


def _check_url(url: str, *, demo: bool) -> None:
    try:
        split = urlsplit(url)
        good = split.hostname is not None and split.username is None and not split.fragment and (split.port or 443) > 0
    except ValueError:
        good = False
    schemes = ("https", "http") if demo else ("https",)
    if not good or split.scheme not in schemes or not url.isascii() or any(mark in url for mark in " \t\r\n"):
        raise Invalid("A webhook's address is an https URL without user, password and fragment.", code="bad_url")


def rotate(collaborators: Collaborators, officer: OfficerActor, endpoint_id: str) -> dict[str, Any]:
    """Return an address a new secret; for a day deliveries are signed with both."""
    now, secret = collaborators.clock(), f"whs_{secrets.token_urlsafe(32)}"
    with unit_of_work(collaborators.sessions) as session:
        endpoint = _endpoint(session, officer, endpoint_id)
        endpoint.previous_cipher, endpoint.previous_until = endpoint.secret_cipher, now + OVERLAP
        endpoint.secret_cipher = collaborators.vault.encrypt(secret, endpoint.id)
        audit_rows.record(session, now, officer, "webhook_secret_rotated", "webhook_endpoint", endpoint.id)
        return {"id": endpoint.id, "url": endpoint.url, "secret": secret}


def set_state(collaborators: Collaborators, officer: OfficerActor, endpoint_id: str, state: str) -> dict[str, Any]:
    """Suspend or restore an address; what waits for it keeps waiting."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        endpoint = _endpoint(session, officer, endpoint_id)
        endpoint.state = state
        audit_rows.record(session, now, officer, f"webhook_{state}", "webhook_endpoint", endpoint.id)
        return {"id": endpoint.id, "url": endpoint.url, "state": endpoint.state}


def _endpoint(session: Session, officer: OfficerActor, endpoint_id: str) -> WebhookEndpoint:
    officer.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if endpoint is None:
        raise NotFound("There is no such address.")
    return endpoint


def announce(session: Session, card_id: str, event: WebhookEvent, now: datetime) -> None:
    """Queue an event about a card for every address of the partners that accepted it in the last ninety days."""
    told = session.execute(
        select(WebhookEndpoint.id, Verification.sub)
        .join(Verification, Verification.partner_id == WebhookEndpoint.partner_id)
        .join(Partner, Partner.id == WebhookEndpoint.partner_id)
        .where(
            Partner.state == "active",
            Verification.card_id == card_id,
            Verification.outcome == "accepted",
            Verification.sub.is_not(None),
            Verification.created_at >= now - REMEMBERED,
        )
        .distinct()
    ).all()
    for endpoint_id, sub in told:
        delivery = new_id("whd")
        session.add(
            WebhookDelivery(
                id=delivery,
                endpoint_id=endpoint_id,
                event=event.value,
                body={"id": delivery, "event": event.value, "sub": sub, "at": rfc3339(now)},
                state="waiting",
                next_at=now,
                created_at=now,
            )
        )


def deliveries(collaborators: Collaborators, actor: PartnerActor) -> list[dict[str, Any]]:
    """List the newest hundred deliveries to the partner's own addresses."""
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
        rows = session.execute(
            select(WebhookDelivery, WebhookEndpoint.url)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
            .where(WebhookEndpoint.partner_id == actor.partner_id)
            .order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
            .limit(PAGE)
        ).all()
        return [delivery_view(row, url) for row, url in rows]


def replay(collaborators: Collaborators, actor: PartnerActor, delivery_id: str) -> dict[str, Any]:
    """Send a delivery again, delivered, given up or waiting: at once, with all its tries before it."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
        row = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        endpoint = session.get(WebhookEndpoint, row.endpoint_id) if row is not None else None
        if row is None or endpoint is None or endpoint.partner_id != actor.partner_id:
            raise NotFound("There is no such delivery.", code="unknown_delivery")
        row.state, row.tries, row.next_at = "waiting", 0, now
        audit_rows.record(session, now, actor, "webhook_replayed", "webhook_delivery", row.id)
        return delivery_view(row, endpoint.url)


def delivery_view(row: WebhookDelivery, url: str) -> dict[str, Any]:
    """Show a delivery."""
    return {
        "id": row.id,
        "event": row.event,
        "url": url,
        "state": row.state,
        "tries": row.tries,
        "last_outcome": row.last_outcome,
        "last_at": rfc3339(row.last_at) if row.last_at else None,
        "next_at": rfc3339(row.next_at) if row.state == "waiting" else None,
        "created_at": rfc3339(row.created_at),
        "body": row.body,
    }
