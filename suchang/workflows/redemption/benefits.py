"""What a card gives: the public catalogue, and a holder's own rights."""

from __future__ import annotations

from typing import Any

from suchang.domain.clock import local_date
from suchang.domain.redemption import BenefitService, PeriodKind
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.credential.credentials import live_card
from suchang.workflows.redemption import entitlement_snapshot
from suchang.workflows.redemption.entitlement_snapshot import entitlement_view
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators


def catalogue(collaborators: Collaborators) -> list[dict[str, Any]]:
    """List the benefit domains with their items, in the order of their bits."""
    today = local_date(collaborators.clock())
    shown = []
    for slug, service in collaborators.services.items():
        domain = service.domain
        items = [
            {
                "item": item.code,
                "name": {"zh": item.name.zh, "en": item.name.en},
                "description": {"zh": item.description.zh, "en": item.description.en},
                "unit": item.unit.value,
                "period": item.period.value,
                "quota": {tier.value: quota for tier, quota in item.tiers_on(today).items()},
                "details": _details(service, item.code),
                "assumption": any(source.assumed for source in item.sources.values()),
            }
            for item in domain.items.values()
        ]
        shown.append(
            {
                "domain": slug,
                "bit": domain.bit,
                "name": {"zh": domain.name.zh, "en": domain.name.en},
                "description": {"zh": domain.description.zh, "en": domain.description.en},
                "items": items,
            }
        )
    return shown


def _details(service: BenefitService, item: str) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "kind": field.kind.value,
            "label": {"zh": field.label.zh, "en": field.label.en},
            "required": field.required,
            "choices": list(field.choices),
        }
        for field in service.details(item)
    ]


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List every right of the signed-in holder and family, those out of reach explained too."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card = live_card(session, actor.person_id)
        holder, usage = entitlement_snapshot.holding_of(session, card, now)
    shown = []
    for slug, service in collaborators.services.items():
        for one in service.entitlements(holder, usage, now):
            why_not = one.refusal
            shown.append(
                entitlement_view(one)
                | {
                    "domain": slug,
                    "available": one.available,
                    "quota": one.quota,
                    "used": one.used,
                    "stage": one.period.key.partition(":")[2] if one.period.kind is PeriodKind.SCHOOL_STAGE else None,
                    "why_not": {"zh": why_not.text.zh, "en": why_not.text.en} if why_not else None,
                }
            )
    return shown
