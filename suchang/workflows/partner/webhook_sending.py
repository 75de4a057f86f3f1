"""Send the webhooks that are due: claim in one transaction, send outside of any, note the outcome in another.

A worker that dies between claiming and noting leaves the delivery to be sent again when its lease is over: partners get
each event at least once, and know it by its id.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select

from suchang.domain.clock import Clock
from suchang.domain.partner.webhooks import signature, wait_after
from suchang.persistence.identity_vault import IdentityVault
from suchang.persistence.models import WebhookDelivery, WebhookEndpoint
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work

LEASE = timedelta(seconds=60)
BATCH = 10
SECONDS = 5.0

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is claimed: what to send where, with which secrets."""

    id: str
    url: str
    body: bytes
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Sends one delivery to a public address. ``demo`` allows addresses of this machine and network.

    The name is resolved here and the connection made to that very address, so that a name can't lead inside after it
    was checked. Redirects are not followed; the answer's body is not read.
    """

    http: httpx.Client
    clock: Clock
    demo: bool = False
    resolve: Resolver = lambda host, port: sorted(
        {str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    )

    def __call__(self, due: Due) -> str:
        """Send, and give ``delivered`` or a short word for what went wrong: a status, ``timeout``, ``forbidden`` …"""
        split = urlsplit(due.url)
        host, port = split.hostname or "", split.port or (443 if split.scheme == "https" else 80)
        try:
            found = self.resolve(host, port)
        except OSError:
            return "unknown host"
        if not found or not (self.demo or all(ip_address(one).is_global for one in found)):
            return "forbidden address"
        timestamp = int(self.clock().timestamp())
        headers = {
            "Host": split.netloc,
            "Content-Type": "application/json",
            "User-Agent": "suchang-webhooks/1",
            "Webhook-Id": due.id,
            "Webhook-Timestamp": str(timestamp),
            "Webhook-Signature": signature(due.secrets, due.id, timestamp, due.body),
        }
        address = f"[{found[0]}]" if ":" in found[0] else found[0]
        target = httpx.URL(due.url).copy_with(host=address, port=port)
        try:
            with self.http.stream(
                "POST",
                target,
                content=due.body,
                headers=headers,
                extensions={"sni_hostname": host},
                timeout=SECONDS,
                follow_redirects=False,
            ) as answer:
                return "delivered" if answer.is_success else str(answer.status_code)
        except httpx.TimeoutException:
            return "timeout"
        except httpx.HTTPError as error:
            return type(error).__name__


def send_due(sessions: SessionFactory, clock: Clock, vault: IdentityVault, post: Callable[[Due], str]) -> int:
    """Send what is due now, a batch at most, and give how many were tried."""
    claimed = _claim(sessions, clock(), vault)
    for due in claimed:
        _note(sessions, clock(), due, post(due))
    return len(claimed)


def _claim(sessions: SessionFactory, now: datetime, vault: IdentityVault) -> list[Due]:
    with unit_of_work(sessions) as session:
        rows = session.execute(
            select(WebhookDelivery, WebhookEndpoint)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
            .where(
                WebhookDelivery.state == "waiting",
                WebhookDelivery.next_at <= now,
                WebhookEndpoint.state == "active",
            )
            .order_by(WebhookDelivery.next_at)
            .limit(BATCH)
            .with_for_update(of=WebhookDelivery, skip_locked=True)
        ).all()
        claimed = []
        for row, endpoint in rows:
            row.next_at = now + LEASE
            body = json.dumps(row.body, ensure_ascii=False, separators=(",", ":")).encode()
            claimed.append(Due(row.id, endpoint.url, body, tuple(_secrets(endpoint, now, vault))))
        return claimed


def _secrets(endpoint: WebhookEndpoint, now: datetime, vault: IdentityVault) -> Iterator[str]:
    yield vault.decrypt(endpoint.secret_cipher, endpoint.id)
    if endpoint.previous_cipher is not None and endpoint.previous_until is not None and now < endpoint.previous_until:
        yield vault.decrypt(endpoint.previous_cipher, endpoint.id)


def _note(sessions: SessionFactory, now: datetime, due: Due, outcome: str) -> None:
    with unit_of_work(sessions) as session:
        row = session.get_one(WebhookDelivery, due.id, with_for_update=True)
        row.tries += 1
        row.last_at, row.last_outcome = now, outcome
        wait = wait_after(row.tries)
        if outcome == "delivered":
            row.state = "delivered"
        elif wait is None:
            row.state = "given_up"
        else:
            row.next_at = now + wait
