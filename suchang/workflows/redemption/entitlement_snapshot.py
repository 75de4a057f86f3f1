"""What the ledger and the services need to know of a holder: the family, and the use so far, in one snapshot."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from suchang.domain.clock import local_date
from suchang.domain.redemption import ClaimKey, CounterKey, Dependant, Entitlement, Holder, Usage
from suchang.domain.vocabulary import Relation, Tier
from suchang.persistence.families import family_of
from suchang.persistence.models import Card


def holding_of(session: Session, card: Card, now: datetime) -> tuple[Holder, Usage]:
    """Describe the holder of a card at a moment, with the family, and the use that lies on their counters."""
    return holding(family_of(session, card.id, now), card, now)


def holding(row: Any, card: Any, now: datetime) -> tuple[Holder, Usage]:
    """Describe a holder from a row of ``families.FAMILY_COLUMNS``; of the card it takes tier, state and dates."""
    kin = tuple(_dependant(*each) for _, *each in sorted(row.kin or ()))
    subject = row.subject or ""
    spouses = {one.subject for one in kin if one.relation is Relation.SPOUSE}.union(row.namers or ())
    holder = Holder(
        subject=subject,
        household=tuple(sorted(spouses - {subject})),
        tier=Tier(card.tier),
        active=is_good(card.state, card.valid_until, now),
        issued_on=local_date(card.issued_at),
        dependants=kin,
    )
    return holder, _usage(row)


def entitlement_view(one: Entitlement) -> dict[str, Any]:
    """Show an entitlement; the period's last day is a local one, so that a clerk can read it."""
    return {
        "item": one.item,
        "name": one.name.zh,
        "name_en": one.name.en,
        "beneficiary": one.beneficiary,
        "unit": one.unit.value,
        "remaining": one.remaining,
        "period_ends": one.period.last_day,
        "why": {"zh": one.why.zh, "en": one.why.en},
        "renews": {"zh": one.renews.zh, "en": one.renews.en},
    }


def _dependant(id_: str, subject: str, relation: str, born: str, consent: bool) -> Dependant:
    return Dependant(id_, subject, Relation(relation), date.fromisoformat(born), consent)


def is_good(state: str, valid_until: date, now: datetime) -> bool:
    """Tell whether a card may be used at a moment."""
    return state == "active" and local_date(now) <= valid_until


def _usage(row: Any) -> Usage:
    """Count what is used and what is chosen; reservations that have expired no longer count."""
    over: Counter[CounterKey] = Counter()
    claimed: Counter[ClaimKey] = Counter()
    for subject, item, period_key, units, group, claim_subject, claim_period in row.lapsed or ():
        over[CounterKey(subject, item, period_key)] += units
        if group and claim_subject and claim_period:
            claimed[ClaimKey(group, claim_subject, claim_period)] += units
    used = {CounterKey(*key): units for *key, units in row.counters or ()}
    chosen = {ClaimKey(*key): (item, units) for *key, item, units in row.choices or ()}
    return Usage(
        used={key: units - over[key] for key, units in used.items()},
        chosen={key: item for key, (item, units) in chosen.items() if units > claimed[key]},
    )
