"""Write audit rows. Rows hold ids and codes, never personal data, so that erasure and the chain can coexist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from suchang.persistence.models import AuditEvent
from suchang.workflows.runtime.actors import Actor, OfficerActor


def record(
    session: Session, now: datetime, actor: Actor, action: str, subject_kind: str, subject_id: str, **data: Any
) -> None:
    """Add one audit row to the open transaction, so that it stands or falls with what it tells of.

    What a deputy does is written under the deputy's name, with the officer for whom it was done.
    """
    if isinstance(actor, OfficerActor) and actor.on_behalf_of is not None:
        data["on_behalf_of"] = actor.on_behalf_of
    session.add(
        AuditEvent(
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            data=data,
        )
    )
