"""The BenefitService protocol: what the redemption workflow asks of a benefit domain.

A service is pure: it reads no clock, no database and no network. It is given the holder, the moment and the use so far,
and says what is entitled, what a request would charge, what may be taken back and what a partner may be told. The
workflow writes. One redemption goes:

1. ``service.redeem(RedemptionRequest(...))`` gives a ``Charge`` or a ``Refusal`` (409, ``refusal.reason.code``); wrong
   details raise ``Invalid`` (422) with one problem a field.
2. The ledger applies the charge in one transaction: counter row ``charge.key`` (used + units <= quota, or the granted
   part where ``charge.partial``), then the exclusive row ``charge.claim``, then the ledger row with ``record`` and
   ``version`` (``suchang.persistence.ledger``). Nobody but the ledger knows whether the last unit is gone.
3. ``service.reverse(...)`` gives the units to restore to the same key, or a ``Refusal``.

``entitlements`` and ``check`` take a ``Usage``: one snapshot, ``SELECT … WHERE subject = ANY(holder.subjects)``, of the
counters (open reservations included, expired ones not) and of the exclusive choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from suchang.domain.redemption.codes import DetailKind, Disclosure, RefusalReason, Unit
from suchang.domain.redemption.items import HOLDER, BenefitDomain
from suchang.domain.redemption.periods import Period
from suchang.domain.vocabulary import Assurance, Relation, Text, Tier


@dataclass(frozen=True, slots=True)
class Dependant:
    """A dependant of a holder: id, the person's blind index, relation, birth date and the guardian's consent."""

    id: str
    subject: str
    relation: Relation
    born: date
    guardian_consent: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder at a moment: the person's blind index, and those of the other adults of the household (the spouse).

    ``active`` is false when the card is suspended, expired or revoked.
    """

    subject: str
    tier: Tier
    active: bool
    issued_on: date
    dependants: tuple[Dependant, ...] = ()
    household: tuple[str, ...] = ()

    @property
    def subjects(self) -> frozenset[str]:
        """Return every subject on whose counters this family's use may lie."""
        return frozenset({self.subject, *self.household, *(dependant.subject for dependant in self.dependants)})

    def dependant(self, beneficiary: str) -> Dependant | None:
        """Find a dependant by id, or None."""
        return next((dependant for dependant in self.dependants if dependant.id == beneficiary), None)


class CounterKey(NamedTuple):
    """What a quota is counted on; rows are locked in this order."""

    subject: str
    item: str
    period_key: str


class ClaimKey(NamedTuple):
    """What an exclusive choice is unique on."""

    group: str
    subject: str
    period_key: str


@dataclass(frozen=True, slots=True)
class Usage:
    """A snapshot of the ledger: units used (open reservations included) and items chosen."""

    used: Mapping[CounterKey, int] = field(default_factory=dict)
    chosen: Mapping[ClaimKey, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in a code and in a sentence; ``renews_at`` where waiting helps, ``excluded_by`` the item in the way."""

    reason: RefusalReason
    text: Text
    renews_at: datetime | None = None
    excluded_by: str | None = None


@dataclass(frozen=True, slots=True)
class RedemptionRequest:
    """What a partner asks: an item, for whom, when, on which assurance, with which details.

    ``at`` is the moment that counts: the server's transaction time, or ``presented_at`` where ``deferred``.
    ``details`` is the JSON object as received, of string, integer and boolean values.
    """

    item: str
    holder: Holder
    at: datetime
    assurance: Assurance
    details: Mapping[str, object] = field(default_factory=dict)
    beneficiary: str = HOLDER
    deferred: bool = False
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """What the ledger has to write: ``units`` on ``key`` within ``quota`` (None: unlimited), and the choice it makes.

    ``linked_keys`` and ``linked_claims`` are those of the other adults of the household, where the item or the group
    is the household's: their use counts against the quota too, their choice binds too; nothing is written on them.
    A family that is linked later needs no merging, and one that parts takes its own use along.
    ``partial`` allows the ledger to grant what remains. ``reserve_ttl`` is set where the request reserves. ``record``
    is what the ledger keeps of the details: no names, no identity numbers.
    """

    key: CounterKey
    unit: Unit
    units: int
    quota: int | None
    period: Period
    version: str
    claim: ClaimKey | None = None
    linked_keys: tuple[CounterKey, ...] = ()
    linked_claims: tuple[ClaimKey, ...] = ()
    partial: bool = False
    provisional: bool = False
    reserve_ttl: timedelta | None = None
    record: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReversalRequest:
    """What is to be taken back: the original's item, units and moment, what was reversed before, and how much now.

    ``undo`` is asked by a person at a desk, who has the first ten minutes; a program has the item's window.
    """

    item: str
    units: int
    redeemed_at: datetime
    at: datetime
    reversed_before: int = 0
    asked: int | None = None
    undo: bool = False


class Entitlement(NamedTuple):
    """A right of one beneficiary to one item in one period, explained.

    ``why`` says why it is there, or why not yet when ``refusal`` is set; ``renews`` says when it comes back, if ever.
    """

    item: str
    name: Text
    beneficiary: str
    unit: Unit
    period: Period
    quota: int | None
    used: int
    remaining: int | None
    why: Text
    renews: Text
    refusal: Refusal | None = None

    @property
    def available(self) -> bool:
        """Tell whether it can be redeemed now."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class DetailField:
    """One detail that a redemption needs, described so that a form or an API document can ask for it."""

    name: str
    kind: DetailKind
    label: Text
    required: bool = True
    choices: tuple[str, ...] = ()


class BenefitService(Protocol):
    """One benefit domain. Unknown items raise ``NotFound``."""

    @property
    def domain(self) -> BenefitDomain:
        """Return the domain with its items."""

    def entitlements(self, holder: Holder, usage: Usage, at: datetime) -> tuple[Entitlement, ...]:
        """List the rights of the holder and of each dependant to every item, those out of reach explained too."""

    def check(self, item: str, beneficiary: str, holder: Holder, usage: Usage, at: datetime) -> tuple[Entitlement, ...]:
        """Return the rights of one beneficiary to one item: one, or one a school stage."""

    def redeem(self, request: RedemptionRequest) -> Charge | Refusal:
        """Say what a request charges, or why it may not be; raises Invalid where the details are wrong."""

    def reverse(self, request: ReversalRequest) -> int | Refusal:
        """Say how many units a reversal restores, or why none."""

    def discloses(self, item: str) -> frozenset[Disclosure]:
        """Say what a partner that asks for this item may be told."""

    def details(self, item: str) -> tuple[DetailField, ...]:
        """Describe the details that a redemption of this item needs."""
