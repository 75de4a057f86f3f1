"""Challenge mode: a desk shows a nonce, and only a proof made for it counts.

A live relay, or a phone that makes proofs ahead of time, passes every other check; this one it can't. Sixty seconds,
once, bound to the partner by the proof's audience.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from suchang.credentials.token.claims import new_sub
from suchang.credentials.token.holder_proof import CHALLENGE_LIFE, Challenge, partner_audience
from suchang.domain.errors import NotFound
from suchang.persistence.models import DeskChallenge
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner.tokens import ensure_active
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

KEPT = timedelta(hours=1)


def issue(collaborators: Collaborators, actor: PartnerActor) -> dict[str, Any]:
    """Draw a nonce of 128 bits for a partner's desk."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
        session.execute(delete(DeskChallenge).where(DeskChallenge.issued_at < now - KEPT))
        nonce = new_sub()
        session.add(DeskChallenge(nonce=nonce, partner_id=actor.partner_id, issued_at=now))
        return {"nonce": nonce, "audience": partner_audience(actor.partner_id), "expires_in": CHALLENGE_LIFE}


def find(session: Session, actor: PartnerActor, nonce: str) -> Challenge:
    """Return a challenge that this partner showed; NotFound for any other."""
    query = select(DeskChallenge).where(DeskChallenge.nonce == nonce, DeskChallenge.partner_id == actor.partner_id)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such challenge; show a new one.", code="unknown_challenge")
    return Challenge(partner_audience(row.partner_id), row.nonce, int(row.issued_at.timestamp()))


def use(session: Session, challenge: Challenge, verification_id: str) -> bool:
    """Use a challenge up, in the transaction that accepts; false when it was used before."""
    used = session.execute(
        update(DeskChallenge)
        .where(DeskChallenge.nonce == challenge.nonce, DeskChallenge.used_by.is_(None))
        .values(used_by=verification_id)
        .returning(DeskChallenge.nonce)
    )
    return used.scalar_one_or_none() is not None
