"""What a workflow works with, put together once by the composition root and handed to every workflow function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from suchang.config import Settings
from suchang.credentials.issue.key_vault import KeyVault
from suchang.domain.clock import Clock
from suchang.domain.lifecycle import Limits, WorkingDays
from suchang.domain.redemption import BenefitService
from suchang.eligibility import Engine
from suchang.persistence.group_commit import GroupCommit
from suchang.persistence.identity_vault import IdentityVault
from suchang.persistence.redis_store import RedisStore
from suchang.persistence.unit_of_work import SessionFactory

if TYPE_CHECKING:
    from suchang.workflows.credential.signing_keys import Keys
    from suchang.workflows.partner.rates import PartnerRates


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
    keys: Keys
    verifications: GroupCommit
    rates: PartnerRates
    limits: Limits = field(default_factory=Limits)
