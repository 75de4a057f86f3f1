"""One family and some helpers for the tests of the benefit domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import services
from suchang.domain.redemption import (
    HOLDER,
    BenefitService,
    Charge,
    Dependant,
    Holder,
    RedemptionRequest,
    Refusal,
)
from suchang.domain.vocabulary import Assurance, Relation, Tier

AT = datetime(2026, 11, 1, 4, tzinfo=UTC)
"""Noon of 1 November 2026 in Jiangsu."""

SPOUSE = Dependant("dep_spouse", "S-spouse", Relation.SPOUSE, date(1988, 4, 2))
CHILD = Dependant("dep_child", "S-child", Relation.CHILD, date(2020, 5, 20), guardian_consent=True)
TEEN = Dependant("dep_teen", "S-teen", Relation.CHILD, date(2012, 3, 1))
PARENT = Dependant("dep_parent", "S-parent", Relation.PARENT, date(1955, 1, 9))
HOLDER_A = Holder("S-holder", Tier.A, True, date(2026, 1, 15), (SPOUSE, CHILD, TEEN, PARENT), ("S-spouse",))

SERVICES = services.load()


def holder(tier: Tier = Tier.A, **changes: object) -> Holder:
    """Return the family with a card of a tier."""
    return replace(HOLDER_A, tier=tier, **changes)  # type: ignore[arg-type]


def service_of(item: str) -> BenefitService:
    """Return the domain of an item."""
    return SERVICES[item.partition(".")[0]]


def redeem(
    item: str,
    details: Mapping[str, object] | None = None,
    *,
    tier: Tier = Tier.A,
    beneficiary: str = HOLDER,
    at: datetime = AT,
    assurance: Assurance = Assurance.DEVICE,
    deferred: bool = False,
    reserve: bool = False,
    seen: bool = True,
    family: Holder | None = None,
) -> Charge | Refusal:
    """Ask for a redemption; the desk has looked at the document unless said otherwise."""
    asked = {**(details or {}), **({"identity_document_seen": True} if seen else {})}
    request = RedemptionRequest(
        item, family or holder(tier), at, assurance, asked, beneficiary, deferred=deferred, reserve=reserve
    )
    return service_of(item).redeem(request)


def charged(item: str, details: Mapping[str, object] | None = None, **how: object) -> Charge:
    """Ask for a redemption that has to be allowed."""
    answer = redeem(item, details, **how)  # type: ignore[arg-type]
    assert isinstance(answer, Charge), answer
    return answer


def refused(item: str, details: Mapping[str, object] | None = None, **how: object) -> Refusal:
    """Ask for a redemption that has to be refused."""
    answer = redeem(item, details, **how)  # type: ignore[arg-type]
    assert isinstance(answer, Refusal), answer
    return answer
