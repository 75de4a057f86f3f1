"""What a desk sees of its own day: where it is, what it verified, which status lists it keeps for working offline."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select

from suchang.domain.clock import SHANGHAI, local_date, rfc3339
from suchang.persistence.models import DeskOperator, Partner, Redemption, Site, StatusList, Verification
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.credential import status_lists
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

SHOWN = 30


def place(collaborators: Collaborators, actor: PartnerActor) -> dict[str, Any]:
    """Name the partner and the site at which somebody sits."""
    with unit_of_work(collaborators.sessions) as session:
        partner = session.get_one(Partner, actor.partner_id)
        site = session.get(Site, actor.site_id) if actor.site_id else None
        person = session.get(DeskOperator, actor.operator_id) if actor.operator_id else None
        operator = person.name if person else None
        return {"partner": partner.name, "site": site.name if site else None, "operator": operator}


def today(collaborators: Collaborators, actor: PartnerActor) -> dict[str, Any]:
    """Count and list this desk's verifications since local midnight, newest first, with what was redeemed on each."""
    now = collaborators.clock()
    midnight = datetime.combine(local_date(now), time(), SHANGHAI)
    mine = (Verification.client_id == actor.client_id) & (Verification.created_at >= midnight)
    with unit_of_work(collaborators.sessions) as session:
        count = session.execute(select(func.count()).select_from(Verification).where(mine)).scalar_one()
        rows = session.execute(
            select(Verification).where(mine).order_by(Verification.created_at.desc(), Verification.id).limit(SHOWN)
        ).scalars()
        shown = list(rows)
        redeemed = session.execute(
            select(Redemption.verification_id, Redemption.item)
            .where(Redemption.verification_id.in_([row.id for row in shown]))
            .where(Redemption.kind == "redeem")
        ).all()
        items: dict[str, list[str]] = {}
        for verification_id, item in redeemed:
            items.setdefault(verification_id, []).append(item)
        return {
            "count": count,
            "items": [
                {
                    "id": row.id,
                    "at": rfc3339(row.created_at),
                    "purpose": row.purpose,
                    "outcome": row.outcome,
                    "reason": row.reason,
                    "mode": row.mode,
                    "redeemed": items.get(row.id, []),
                }
                for row in shown
            ],
        }


def status_list_uris(collaborators: Collaborators) -> list[str]:
    """List the addresses of the status lists that exist, for a desk that prepares to work offline."""
    with unit_of_work(collaborators.sessions) as session:
        ids = session.execute(select(StatusList.id).order_by(StatusList.id)).scalars()
        return [status_lists.list_uri(collaborators, one) for one in ids]
