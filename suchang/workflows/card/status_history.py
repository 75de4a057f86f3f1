"""What a card's status was at a moment in the past, answered from the audit and not from today's row.

A status list says what holds now. Disputes are about then: was the card good when the desk accepted it?
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suchang.domain.errors import NotFound
from suchang.domain.lifecycle import CardState
from suchang.persistence.models import AuditEvent, Card, Credential
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work
from suchang.workflows.credential.credential_subjects import card_end


@dataclass(frozen=True, slots=True)
class StatusThen:
    """A card's state at a moment: since when, and the audit rows that say so (none before it was issued)."""

    card: str
    state: str
    since: datetime | None
    audit_rows: tuple[int, ...]


def status_at(sessions: SessionFactory, name: str, moment: datetime) -> StatusThen:
    """Tell the state of a card, named by number, id or the ``sub`` of one of its credentials, at a moment.

    ``not_issued`` before the card was there. A credential that was revoked by itself (its phone was removed, its key
    compromised) is ``revoked`` from then on, whatever the card is. Raises NotFound for an unknown name.
    """
    with unit_of_work(sessions) as session:
        card, credential = _find(session, name)
        rows = session.execute(
            select(AuditEvent)
            .where(AuditEvent.subject_id == card.id, AuditEvent.at <= moment, AuditEvent.action.startswith("card_"))
            .order_by(AuditEvent.id)
        ).scalars()
        state, since, seen = "not_issued", None, []
        for row in rows:
            target = CardState.ACTIVE.value if row.action == "card_issued" else row.data.get("target")
            if target is not None and target != state:
                state, since = str(target), row.at
                seen.append(row.id)
        end = card_end(card)
        if state in (CardState.ACTIVE.value, CardState.SUSPENDED.value) and moment >= end:
            state, since = CardState.EXPIRED.value, end
        if credential is not None and state in (CardState.ACTIVE.value, CardState.SUSPENDED.value):
            if credential.issued_at > moment:
                state, since = "not_issued", None
            elif credential.revoked_at is not None and credential.revoked_at <= moment:
                state, since = CardState.REVOKED.value, credential.revoked_at
        return StatusThen(card.id, state, since, tuple(seen))


def _find(session: Session, name: str) -> tuple[Card, Credential | None]:
    number = name.replace(" ", "").upper()
    card = session.execute(select(Card).where(or_(Card.id == name, Card.number == number))).scalar_one_or_none()
    if card is not None:
        return card, None
    credential = session.get(Credential, name)
    if credential is None:
        raise NotFound(f"There is no card or credential {name[:40]}.")
    return session.get_one(Card, credential.card_id), credential
