"""Idempotency-Key: the same key and body give the same answer once; a different body is refused.

The key's row is inserted first, in the transaction of the effect: a second request with the same key waits at the
unique constraint until the first has committed, and then reads its answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.domain.errors import Invalid
from suchang.persistence.models import IdempotentAnswer

KEPT = timedelta(hours=24)
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What a creating workflow answers: a view to show, or a refusal with a stable code. Both commit."""

    body: dict[str, Any]
    refusal: str | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """One client's key for one request; ``fingerprint`` is the SHA-256 of the route and the body."""

    actor: str
    key: str
    fingerprint: bytes


def retry_of(actor: str, key: str, route: str, body: bytes) -> Retry:
    """Build the retry token of a request; raises Invalid for an unusable key."""
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise Invalid(f"The Idempotency-Key must be 1 to {MAX_KEY} printable characters.", code="bad_idempotency_key")
    return Retry(actor, key, hashlib.sha256(route.encode() + b"\n" + body).digest())


def once(session: Session, retry: Retry | None, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Do the act, or give the answer that the same key got before (within 24 hours).

    Raises Invalid (``idempotency_key_reused``) when the key came with another body.
    """
    if retry is None:
        return act()
    mine = (IdempotentAnswer.actor == retry.actor) & (IdempotentAnswer.key == retry.key)
    row = {"fingerprint": retry.fingerprint, "status": 0, "body": {}, "created_at": now}
    placed = session.execute(
        insert(IdempotentAnswer)
        .values(actor=retry.actor, key=retry.key, **row)
        .on_conflict_do_update(
            index_elements=["actor", "key"], set_=row, where=IdempotentAnswer.created_at < now - KEPT
        )
        .returning(IdempotentAnswer.key)
    ).scalar_one_or_none()
    if placed is None:
        kept = session.execute(select(IdempotentAnswer.fingerprint, IdempotentAnswer.body).where(mine)).one()
        if kept.fingerprint != retry.fingerprint:
            raise Invalid("This Idempotency-Key was used with another body.", code="idempotency_key_reused")
        return Answer(kept.body["view"], kept.body["refusal"], replayed=True)
    answer = act()
    view = {"view": answer.body, "refusal": answer.refusal}
    session.execute(update(IdempotentAnswer).where(mine).values(body=view))
    return answer
