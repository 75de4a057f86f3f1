"""The dependants of a holder, as the holder sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from suchang.persistence.models import Dependant
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.actors import HolderActor
from suchang.workflows.collaborators import Collaborators
from suchang.workflows.people import masked


def mine(parts: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List the signed-in person's dependants with their relation and whether an officer has confirmed them."""
    with unit_of_work(parts.sessions) as session:
        rows = session.execute(
            select(Dependant)
            .where(Dependant.principal_id == actor.person_id, Dependant.removed_at.is_(None))
            .order_by(Dependant.created_at, Dependant.id)
        ).scalars()
        return [
            {
                "id": row.id,
                "relation": row.relation,
                "name": masked(row.name),
                "confirmed": row.confirmed_at is not None,
            }
            for row in rows
        ]
