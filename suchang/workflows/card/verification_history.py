"""Who looked at my card: the verification log, as its holder may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from suchang.domain.clock import rfc3339
from suchang.domain.people.identity import mask_name
from suchang.persistence.models import Card, Dependant, Partner, Site, Verification
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List the last hundred verifications of the signed-in person's cards, newest first.

    ``dependant`` says whose code it was, where it wasn't the holder's own.
    """
    query = (
        select(Verification, Partner.name, Site.name, Dependant)
        .join(Card, Card.id == Verification.card_id)
        .join(Partner, Partner.id == Verification.partner_id)
        .outerjoin(Site, Site.id == Verification.site_id)
        .outerjoin(Dependant, Dependant.id == Verification.dependant_id)
        .where(Card.person_id == actor.person_id)
        .order_by(Verification.created_at.desc(), Verification.id)
        .limit(100)
    )
    with unit_of_work(collaborators.sessions) as session:
        return [
            {
                "id": row.id,
                "at": rfc3339(row.created_at),
                "partner": partner,
                "site": site,
                "purpose": row.purpose,
                "outcome": row.outcome,
                "reason": row.reason,
                "mode": row.mode,
                "assurance": row.assurance,
                "dependant": {"relation": who.relation, "name": mask_name(who.name)} if who is not None else None,
            }
            for row, partner, site, who in session.execute(query)
        ]
