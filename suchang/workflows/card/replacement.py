"""A lost or damaged card is replaced without a new application: a new number, new credentials, the same approval.

The old card ends with its reason and so do all its credentials; a lost phone is forgotten with them. What was used of
the benefits stays used, because use is counted on the person and not on the card.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from suchang.domain import lifecycle
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Forbidden, Invalid, TooMany
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import CardEvent, CardFacts, CardReason, CardState
from suchang.domain.people.identity import read_identity
from suchang.persistence.models import Card, Device, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.lifecycle_facts import from_json, to_json
from suchang.workflows.application.transitions import person_of
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.card.cards import card_of_office, card_office, move_card
from suchang.workflows.card.issue import new_number
from suchang.workflows.credential.credentials import card_view, live_card
from suchang.workflows.runtime import actors
from suchang.workflows.runtime.collaborators import Collaborators

TRIES, TRIES_WITHIN = 5, 3600


def for_holder(
    collaborators: Collaborators, actor: actors.HolderActor, *, because: CardReason, reason: str, identity_number: str
) -> dict[str, Any]:
    """Replace one's own card; whoever asks writes the number of their identity document once more.

    A stolen phone is signed in and gets the codes for signing in; it doesn't know the document. Raises Forbidden for
    another number, TooMany after five of them in an hour.
    """
    now = collaborators.clock()
    if collaborators.redis.count(f"replacement-tries:{actor.person_id}", TRIES_WITHIN) > TRIES:
        raise TooMany("Too many tries; come back in an hour, or go to a service window.", retry_after=TRIES_WITHIN)
    with unit_of_work(collaborators.sessions) as session:
        card = live_card(session, actor.person_id, lock=True)
        person = session.get_one(Person, actor.person_id)
        if not _is_theirs(collaborators, person, identity_number, now):
            raise Forbidden("This is not the number of your identity document.", code="identity_mismatch")
        by = lifecycle.Actor(person_of(person.identity_index), Role.HOLDER)
        return _replace(collaborators, session, card, person, now, by=by, actor=actor, because=because, reason=reason)


def _is_theirs(collaborators: Collaborators, person: Person, number: str, now: datetime) -> bool:
    if person.identity_type is None:
        return False
    try:
        document = read_identity(person.identity_type, number, today=local_date(now), demo=collaborators.settings.demo)
    except Invalid:
        return False
    return collaborators.vault.index(document.type.value, document.number) == person.identity_index


def by_officer(
    collaborators: Collaborators, officer: actors.OfficerActor, card_id: str, *, because: CardReason, reason: str
) -> dict[str, Any]:
    """Replace a card of the officer's cities at a window, the identity document having been looked at."""
    by, now = card_office(officer), collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card = card_of_office(session, officer, card_id)
        person = session.get_one(Person, card.person_id)
        return _replace(collaborators, session, card, person, now, by=by, actor=officer, because=because, reason=reason)


def _replace(
    collaborators: Collaborators,
    session: Session,
    old: Card,
    person: Person,
    now: datetime,
    *,
    by: lifecycle.Actor,
    actor: actors.Actor,
    because: CardReason,
    reason: str,
) -> dict[str, Any]:
    made = new_id("crd")
    # The old card ends and names its successor in one statement, as the database demands, and leaves its place before
    # the new one takes it: one person has one card at every moment.
    with session.no_autoflush:
        move_card(
            collaborators, session, old, CardEvent.REISSUE, now, by=by, actor=actor, because=because, reason=reason
        )
        old.replaced_by = made
    session.flush()
    facts = from_json(CardFacts, old.facts)
    card = Card(
        id=made,
        number=new_number(),
        person_id=old.person_id,
        application_id=old.application_id,
        decision_id=old.decision_id,
        tier=old.tier,
        track=old.track,
        city=old.city,
        state=CardState.ACTIVE.value,
        facts=to_json(replace(facts, reason=None, suspended_by=lifecycle.NOBODY)),
        valid_from=old.valid_from,
        valid_until=old.valid_until,
        issued_at=now,
    )
    session.add(card)
    if because is CardReason.LOST:
        session.execute(
            update(Device).where(Device.person_id == old.person_id, Device.removed_at.is_(None)).values(removed_at=now)
        )
    session.flush()
    audit_rows.record(
        session, now, actor, "card_issued", "card", card.id,
        application=card.application_id, tier=card.tier, replaces=old.id, because=because.value,
    )  # fmt: skip
    return card_view(session, card, person)
