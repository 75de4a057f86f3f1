"""Webhooks: what a delivery's signature is, and when a failed one is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

TRIES = 15
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)


class WebhookEvent(StrEnum):
    """What partners are told of a card that they have accepted before."""

    SUSPENDED = "card.suspended"
    RESTORED = "card.restored"
    ENDED = "card.ended"


def wait_after(tries: int) -> timedelta | None:
    """Return the wait after that many failures: 10 s, doubled up to 6 h; None when it is given up (after some 23 h)."""
    if tries >= TRIES:
        return None
    doubled: timedelta = FIRST_WAIT * (1 << (tries - 1))
    return min(doubled, LONGEST_WAIT)


def signature(secrets: Iterable[str], delivery: str, timestamp: int, body: bytes) -> str:
    """Sign ``id.timestamp.body`` with HMAC-SHA-256 for each secret in force: ``v1,<base64>``, separated by blanks.

    The id and the time are signed too, so that a recorded delivery can be neither renamed nor sent again later.
    """
    signed = f"{delivery}.{timestamp}.".encode() + body
    macs = (hmac.digest(secret.encode(), signed, hashlib.sha256) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)
