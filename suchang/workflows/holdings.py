"""What the ledger and the services need to know of a holder: the family, and the use so far, in one snapshot each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.benefits import ClaimKey, CounterKey, Dependant, Holder, Usage
from suchang.domain.clock import local_date
from suchang.domain.vocabulary import Relation, Tier
from suchang.persistence.ledger_rows import key_of, open_reservations
from suchang.persistence.models import Card, EntitlementCounter, ExclusiveChoice, Person, Redemption
from suchang.persistence.models import Dependant as DependantRow


def dependants_of(session: Session, person_id: str) -> tuple[Dependant, ...]:
    """Give the confirmed dependants of a principal."""
    rows = session.execute(
        select(DependantRow)
        .where(
            DependantRow.principal_id == person_id,
            DependantRow.removed_at.is_(None),
            DependantRow.confirmed_at.is_not(None),
        )
        .order_by(DependantRow.created_at, DependantRow.id)
    ).scalars()
    return tuple(
        Dependant(
            id=row.id,
            subject=row.identity_index.hex(),
            relation=Relation(row.relation),
            born=row.birth_date,
            guardian_consent=row.guardian_consent_at is not None,
        )
        for row in rows
    )


def is_good(state: str, valid_until: date, now: datetime) -> bool:
    """Tell whether a card may be used at a moment."""
    return state == "active" and local_date(now) <= valid_until


def holder_of(session: Session, card: Card, now: datetime) -> Holder:
    """Describe the holder of a card at a moment; a spouse is linked whichever of the two named the other."""
    person = session.get_one(Person, card.person_id)
    subject = (person.identity_index or b"").hex()
    family = dependants_of(session, person.id)
    spouses = {one.subject for one in family if one.relation is Relation.SPOUSE} | _named_as_spouse_by(session, person)
    return Holder(
        subject=subject,
        household=tuple(sorted(spouses - {subject})),
        tier=Tier(card.tier),
        active=is_good(card.state, card.valid_until, now),
        issued_on=local_date(card.issued_at),
        dependants=family,
    )


def _named_as_spouse_by(session: Session, person: Person) -> set[str]:
    rows = session.execute(
        select(Person.identity_index)
        .join(DependantRow, DependantRow.principal_id == Person.id)
        .where(
            DependantRow.identity_index == person.identity_index,
            DependantRow.relation == Relation.SPOUSE.value,
            DependantRow.removed_at.is_(None),
            DependantRow.confirmed_at.is_not(None),
        )
    ).scalars()
    return {index.hex() for index in rows if index is not None}


def usage_of(session: Session, subjects: Iterable[str], now: datetime) -> Usage:
    """Read the counters and exclusive choices of a family; reservations that have expired no longer count."""
    wanted = sorted(subjects)
    over: Counter[CounterKey] = Counter()
    claimed: Counter[ClaimKey] = Counter()
    expired = open_reservations().where(Redemption.subject.in_(wanted), Redemption.expires_at <= now)
    for line in session.execute(expired).scalars():
        over[key_of(line)] += line.units
        if line.claim_group and line.claim_subject and line.claim_period:
            claimed[ClaimKey(line.claim_group, line.claim_subject, line.claim_period)] += line.units
    counters = session.execute(select(EntitlementCounter).where(EntitlementCounter.subject.in_(wanted))).scalars()
    choices = session.execute(select(ExclusiveChoice).where(ExclusiveChoice.subject.in_(wanted))).scalars()
    used = {CounterKey(one.subject, one.item, one.period_key): one.used + one.held for one in counters}
    chosen = {ClaimKey(one.group, one.subject, one.period_key): one for one in choices}
    return Usage(
        used={key: units - over[key] for key, units in used.items()},
        chosen={key: one.item for key, one in chosen.items() if one.units > claimed[key]},
    )
