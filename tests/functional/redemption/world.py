"""A small world for the ledger: partners, families with cards, and verifications that were accepted.

Rows are put in place by the superuser without triggers: how cards come to be is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

import services
from suchang.domain.clock import local_date
from suchang.domain.ids import new_id
from suchang.persistence.ledger_rows import BEGINS, open_reservations
from suchang.persistence.models import (
    Card,
    Dependant,
    EntitlementCounter,
    ExclusiveChoice,
    Partner,
    PartnerClient,
    Person,
    Redemption,
    Site,
    Verification,
)
from suchang.workflows.redemption import confirm_release_reverse
from suchang.workflows.redemption import redeem as redemptions
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer
from tests.conftest import StandingClock
from tests.support.databases import Database

SERVICES = services.load()
SCOPES = frozenset(f"{verb}:{slug}" for verb in ("verify", "redeem") for slug in SERVICES) | {"verify:offline"}


@dataclass
class World:
    """One installation as the ledger sees it."""

    collaborators: Collaborators
    admin: Engine
    clock: StandingClock
    partner: PartnerActor = field(init=False)

    def __post_init__(self) -> None:
        self.partner = self.new_partner()

    @contextmanager
    def rows(self) -> Iterator[Session]:
        """Write rows without triggers and foreign keys."""
        with Session(self.admin) as session, session.begin():
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session

    def new_partner(self, *, operator: str | None = None) -> PartnerActor:
        """Take in a partner with a site and a client of every scope."""
        actor = PartnerActor(new_id("par"), new_id("cli"), new_id("site"), SCOPES, operator)
        now = self.clock()
        with self.rows() as session:
            session.add(
                Partner(
                    id=actor.partner_id,
                    name="Partner",
                    uscc=actor.partner_id,
                    domains=[],
                    state="active",
                    created_at=now,
                )
            )
            session.add(Site(id=actor.site_id, partner_id=actor.partner_id, name="Site", city="320100"))
            session.add(
                PartnerClient(
                    id=actor.client_id,
                    partner_id=actor.partner_id,
                    name="Client",
                    scopes=sorted(SCOPES),
                    state="active",
                    created_at=now,
                )
            )
        return actor

    def new_person(self) -> str:
        """Take in a person and give the blind index, which names them in the ledger."""
        with self.rows() as session:
            person = Person(
                id=new_id("per"),
                identity_type="resident_id",
                identity_cipher=b"",
                identity_index=new_id("idx").encode(),
                name="某人",
                created_at=self.clock(),
            )
            session.add(person)
            return person.identity_index.hex()

    def person_id(self, subject: str) -> str:
        """Find a person by blind index."""
        with Session(self.admin) as session:
            found = session.execute(select(Person.id).where(Person.identity_index == bytes.fromhex(subject)))
            return found.scalar_one()

    def new_card(self, subject: str, tier: str = "A", *, issued: date | None = None) -> str:
        """Return a person an active card of a tier; one that was active before is replaced."""
        card_id = new_id("card")
        issued_at = self.clock() - timedelta(days=30)
        with self.rows() as session:
            person_id = self.person_id(subject)
            session.execute(
                text("UPDATE card SET state = 'replaced' WHERE person_id = :p AND state <> 'revoked'"), {"p": person_id}
            )
            session.add(
                Card(
                    id=card_id,
                    number=card_id,
                    person_id=person_id,
                    application_id=new_id("app"),
                    decision_id=new_id("dec"),
                    tier=tier,
                    track="high_level",
                    city="320100",
                    state="active",
                    facts={},
                    valid_from=issued or local_date(issued_at),
                    valid_until=date(2099, 1, 1),
                    issued_at=issued_at,
                )
            )
        return card_id

    def new_dependant(self, principal: str, relation: str, born: date, *, subject: str | None = None) -> str:
        """Put a confirmed dependant beside a principal; ``subject`` names a person who is known already."""
        dependant = Dependant(
            id=new_id("dep"),
            principal_id=self.person_id(principal),
            relation=relation,
            identity_type="resident_id",
            identity_cipher=b"",
            identity_index=bytes.fromhex(subject) if subject else new_id("idx").encode(),
            name="家属",
            birth_date=born,
            evidence={},
            guardian_consent_at=self.clock(),
            confirmed_at=self.clock(),
            created_at=self.clock(),
        )
        with self.rows() as session:
            session.add(dependant)
            session.flush()
            return dependant.id

    def set_card(self, card_id: str, state: str) -> None:
        """Put a card into a state."""
        with self.rows() as session:
            session.execute(text("UPDATE card SET state = :s WHERE id = :c"), {"s": state, "c": card_id})

    def verified(self, card_id: str, domain: str, **how: Any) -> str:
        """Log an accepted verification of a card for a domain, and give its id."""
        return self.verified_often(card_id, domain, 1, **how)[0]

    def verified_often(
        self,
        card_id: str,
        domain: str,
        times: int,
        *,
        actor: PartnerActor | None = None,
        presented_at: datetime | None = None,
        assurance: str = "device",
        dependant: str | None = None,
    ) -> list[str]:
        """Log so many accepted verifications of a card for a domain, and give their ids."""
        actor, now = actor or self.partner, self.clock()
        rows = [
            Verification(
                id=new_id("ver"),
                proof_day=now.astimezone(UTC).date(),
                replay_key=new_id("x"),
                partner_id=actor.partner_id,
                client_id=actor.client_id,
                site_id=actor.site_id,
                purpose=domain,
                outcome="accepted",
                mode="deferred" if presented_at else "online",
                assurance=assurance,
                sub=None,
                card_id=card_id,
                dependant_id=dependant,
                presented_at=presented_at or now,
                created_at=now,
            )
            for _ in range(times)
        ]
        with self.rows() as session:
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def redeem(
        self,
        card_id: str,
        item: str,
        details: dict[str, Any] | None = None,
        *,
        actor: PartnerActor | None = None,
        verification: str | None = None,
        presented_at: datetime | None = None,
        beneficiary: str = "holder",
        reserve: bool = False,
    ) -> Answer:
        """Redeem an item on a verification made for it; the desk has looked at the document."""
        actor = actor or self.partner
        verification = verification or self.verified(
            card_id, item.partition(".")[0], actor=actor, presented_at=presented_at
        )
        return redemptions.redeem(
            self.collaborators,
            actor,
            verification_id=verification,
            item=item,
            beneficiary=beneficiary,
            details={"identity_document_seen": True} | (details or {}),
            reserve=reserve,
        )

    def redeemed(self, *args: Any, **how: Any) -> dict[str, Any]:
        """Redeem what has to be granted."""
        return granted(self.redeem(*args, **how))

    def confirm(self, use: dict[str, Any], units: int | None = None) -> Answer:
        """Confirm a reservation."""
        return confirm_release_reverse.confirm(self.collaborators, self.partner, use["id"], units=units)

    def release(self, use: dict[str, Any]) -> Answer:
        """Return a reservation back."""
        return confirm_release_reverse.release(
            self.collaborators, self.partner, use["id"], reason="the holder changed their mind"
        )

    def reverse(self, use: dict[str, Any], units: int | None = None, *, actor: PartnerActor | None = None) -> Answer:
        """Take a redemption back."""
        return confirm_release_reverse.reverse(
            self.collaborators, actor or self.partner, use["id"], reason="entered by mistake", units=units
        )

    def used(self, subject: str, item: str, period: str) -> tuple[int, int]:
        """Return used and held of a counter."""
        with Session(self.admin) as session:
            row = session.get(EntitlementCounter, (subject, item, period))
            return (row.used, row.held) if row else (0, 0)

    def reconcile(self) -> None:
        """Fail unless every counter and choice is the sum of the ledger's lines."""
        with Session(self.admin) as session:
            lines: dict[Any, int] = {
                tuple(row[:3]): row[3]
                for row in session.execute(
                    select(Redemption.subject, Redemption.item, Redemption.period_key, func.sum(Redemption.units))
                    .where(Redemption.kind.in_(("redeem", "confirm", "reverse")))
                    .group_by(Redemption.subject, Redemption.item, Redemption.period_key)
                )
            }
            held: dict[Any, int] = {}
            choices: dict[Any, int] = {}
            reservations = session.execute(open_reservations()).scalars().all()
            for one in reservations:
                key = (one.subject, one.item, one.period_key)
                held[key] = held.get(key, 0) + one.units
            counted = [
                *session.execute(select(Redemption).where(Redemption.kind.not_in(("reserve", "release")))).scalars()
            ]
            for one in [*counted, *reservations]:
                if one.claim_group:
                    claim = (one.claim_group, one.claim_subject, one.claim_period)
                    choices[claim] = choices.get(claim, 0) + one.units
            for counter in session.execute(select(EntitlementCounter)).scalars():
                key = (counter.subject, counter.item, counter.period_key)
                assert (counter.used, counter.held) == (lines.pop(key, 0), held.pop(key, 0)), key
            assert not any(lines.values())
            assert not held
            for choice in session.execute(select(ExclusiveChoice)).scalars():
                claim = (choice.group, choice.subject, choice.period_key)
                assert choice.units == choices.pop(claim, 0), claim
            assert not any(choices.values())
            begun = {one.id for one in session.execute(select(Redemption)).scalars() if one.kind in BEGINS}
            origins = {one for (one,) in session.execute(select(Redemption.origin_id)) if one}
            assert origins <= begun


def make_world(database: Database, sessions: Any, clock: StandingClock) -> World:
    """Put a world into a clean database."""
    collaborators = SimpleNamespace(services=SERVICES, sessions=sessions, clock=clock)
    return World(cast(Collaborators, collaborators), create_engine(database.admin_url), clock)


def granted(answer: Answer) -> dict[str, Any]:
    """Return the view of an answer that is no refusal."""
    assert answer.refusal is None, answer
    return answer.body
