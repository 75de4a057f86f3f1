"""What a workflow works with, put together once by the composition root and handed to every workflow function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from suchang.config import Settings
from suchang.credentials.issue.key_vault import KeyVault
from suchang.credentials.issue.signer import Signer
from suchang.credentials.verify.key_ring import KeyRing
from suchang.domain.clock import Clock
from suchang.domain.lifecycle import Limits, Transition, WorkingDays
from suchang.domain.redemption import BenefitService
from suchang.eligibility import Engine
from suchang.persistence.group_commit import GroupCommit
from suchang.persistence.identity_vault import IdentityVault
from suchang.persistence.models import Application
from suchang.persistence.redis_store import RedisStore
from suchang.persistence.unit_of_work import SessionFactory


class SigningKeys(Protocol):
    """The issuer's keys as a running program holds them."""

    def ring(self, collaborators: Collaborators, session: Session | None = None) -> KeyRing:
        """Return the ring of all keys that are not revoked."""

    def signer(self, collaborators: Collaborators, session: Session) -> Signer:
        """Return the active signer; raises Unavailable when there is none."""

    def forget(self) -> None:
        """Read again at the next use."""

    def read_again(self) -> bool:
        """Drop a ring that is over a second old; true if it was dropped."""


class CardSteps(Protocol):
    """What an application's step does to the applicant's card; cards know applications, not the reverse."""

    def follow(
        self,
        collaborators: Collaborators,
        session: Session,
        application: Application,
        answer: Transition,
        now: datetime,
    ) -> None:
        """Do to the applicant's live card what a step of the application demands of it."""


class Rates(Protocol):
    """How often each partner may call."""

    def spend(self, collaborators: Collaborators, partner_id: str) -> None:
        """Count one call; raises TooMany when the partner's rate is used up."""


@dataclass(frozen=True, slots=True)
class Collaborators:
    """The parts of one installation. ``issuer`` is the origin fixed at first start."""

    settings: Settings
    sessions: SessionFactory
    clock: Clock
    vault: IdentityVault
    key_vault: KeyVault
    redis: RedisStore
    engine: Engine
    services: Mapping[str, BenefitService]
    working_days: WorkingDays
    issuer: str
    keys: SigningKeys
    verifications: GroupCommit
    rates: Rates
    cards: CardSteps
    limits: Limits = field(default_factory=Limits)
