"""Whom a credential speaks of: the holder of the card, or one of the holder's dependants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from suchang.domain.clock import SHANGHAI, local_date
from suchang.domain.errors import Conflict, NotFound
from suchang.domain.people.identity import mask_name
from suchang.domain.redemption import completed_years, domain_bits
from suchang.domain.redemption.rules import GUARDIAN_CONSENT_UNDER
from suchang.domain.vocabulary import Relation, Tier
from suchang.persistence.models import Card, Dependant, Person
from suchang.workflows.runtime.collaborators import Collaborators

CREDENTIAL_LIFE = timedelta(days=90)
"""A device credential is renewed by the phone long before this (assumption); a lost phone's ends by itself."""

OBSTACLES = {
    "not_confirmed": "An officer has not confirmed this dependant yet.",
    "consent_missing": "The guardian's consent for this child is missing.",
    "nothing_for_dependant": "Nothing on this card is for this dependant any more.",
}
"""Why a dependant has no credential, by code."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a credential, and what it may say: masked name, bits of the domains, the moment when that ends.

    ``relation`` and ``dependant_id`` are None for the holder.
    """

    name: str
    domains: int
    ends: datetime
    relation: Relation | None = None
    dependant_id: str | None = None


def card_end(card: Card) -> datetime:
    """Return the first moment at which a card is no longer good: midnight after its last day, local time."""
    return _midnight(card.valid_until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def bearer_of(
    collaborators: Collaborators, session: Session, card: Card, dependant_id: str | None, now: datetime
) -> Bearer:
    """Describe the holder of a card (None) or one of the dependants.

    Raises NotFound for anybody else, Conflict with a code of ``OBSTACLES`` for a dependant who has none.
    """
    if dependant_id is None:
        person = session.get_one(Person, card.person_id)
        return Bearer(mask_name(person.name), _bits(collaborators, card, local_date(now)), card_end(card))
    row = session.get(Dependant, dependant_id)
    if row is None or row.principal_id != card.person_id or row.removed_at is not None:
        raise NotFound("There is no such dependant.")
    code = obstacle(collaborators, card, row, now)
    if code is not None:
        raise Conflict(OBSTACLES[code], code=code)
    today = local_date(now)
    return Bearer(
        name=mask_name(row.name),
        domains=_bits(collaborators, card, today, row),
        ends=_end(collaborators, card, row, today),
        relation=Relation(row.relation),
        dependant_id=row.id,
    )


def obstacle(collaborators: Collaborators, card: Card, row: Dependant, now: datetime) -> str | None:
    """Say why a dependant has no credential of this card today, in a code of ``OBSTACLES``; None where nothing does."""
    today = local_date(now)
    if row.confirmed_at is None:
        return "not_confirmed"
    if completed_years(row.birth_date, today) < GUARDIAN_CONSENT_UNDER and row.guardian_consent_at is None:
        return "consent_missing"
    return None if _bits(collaborators, card, today, row) else "nothing_for_dependant"


def _bits(collaborators: Collaborators, card: Card, day: date, row: Dependant | None = None) -> int:
    """Return the bits of the benefit domains in which somebody has anything on a day."""
    domains = {slug: service.domain for slug, service in collaborators.services.items()}
    relation, born = (Relation(row.relation), row.birth_date) if row is not None else (None, None)
    return domain_bits(domains, Tier(card.tier), relation, day, born)


def _end(collaborators: Collaborators, card: Card, row: Dependant, today: date) -> datetime:
    """Return the moment at which a dependant's credential ends: with the card, or on the birthday that closes a domain.

    A desk without a network knows no birth date, so the credential has to say it. A birthday after the next one is
    further away than a credential lives.
    """
    birthday = _next_birthday(row.birth_date, today)
    lost = _bits(collaborators, card, today, row) & ~_bits(collaborators, card, birthday, row)
    return min(card_end(card), _midnight(birthday)) if lost else card_end(card)


def _next_birthday(born: date, today: date) -> date:
    year = born.year + completed_years(born, today) + 1
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
