"""What the table looks at: the facts of a case, the act, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from suchang.domain.account.roles import OFFICER_ROLES, Role, Scope
from suchang.domain.clock import local_date
from suchang.domain.ids import PersonId
from suchang.domain.lifecycle.states import (
    ApplicationEvent,
    ApplicationState,
    Audience,
    CardEvent,
    CardReason,
    CardState,
    Kind,
    Outcome,
)
from suchang.domain.lifecycle.working_days import Deadline, Limits, WorkingDays

NOBODY: Final[frozenset[PersonId]] = frozenset()
NOWHERE: Final = Scope(frozenset())


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, in one role; a deputy acts as themselves and names whom they stand in for.

    A person, not an account: a second account of the same person is the same actor. ``tied`` are the people to whom
    a deputation ties this one, whether named in this act or not: they and this person count as one in a case. The
    system's own timers act as ``Actor(SYSTEM_PERSON, Role.SYSTEM)``.
    """

    person: PersonId
    role: Role
    scope: Scope = NOWHERE
    on_behalf_of: PersonId | None = None
    tied: frozenset[PersonId] = NOBODY

    @property
    def named(self) -> frozenset[PersonId]:
        """Return this person and, for a deputy, whom they stand in for in this act."""
        return frozenset({self.person} if self.on_behalf_of is None else {self.person, self.on_behalf_of})

    @property
    def people(self) -> frozenset[PersonId]:
        """Return everybody whose earlier part in a case counts against this act."""
        return self.named | self.tied

    @property
    def is_officer(self) -> bool:
        """Tell whether the act is one of an office, and so bound to its cities."""
        return self.role in OFFICER_ROLES


SYSTEM_PERSON: Final = PersonId("system")
SYSTEM: Final = Actor(SYSTEM_PERSON, Role.SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """Everything about an application, beside its state, on which a guard may depend.

    Each transition gives the facts as they are afterwards; persistence stores them and asks no further.
    ``attempt`` counts recommendations and decisions within a round, after something was sent back or declined.
    ``reviewers`` and ``deciders`` are those of the present round, ``earlier`` everybody of the rounds before.
    ``conflicts`` are people who declared a conflict of interest. ``proposed`` is a decision waiting for its second
    approver, ``proposed_tier`` the tier in it, ``tier`` the tier once it is decided.
    ``notice_tier`` is the tier that the public notice of this round named, ``notice_ends`` its last day.
    ``has_live_card`` is read afresh before each act: whether the applicant holds a card that is active or suspended;
    ``replaces_card`` says that this application's card takes its place. ``reopened`` marks an issued card that was
    reopened by two people and waits, suspended, for the new decision.
    """

    applicant: PersonId
    city: str
    kind: Kind = Kind.FIRST
    round: int = 1
    attempt: int = 1
    prepared_by: PersonId | None = None
    confirmed_by: PersonId | None = None
    employer_confirms: bool = False
    claimed_by: PersonId | None = None
    reviewers: frozenset[PersonId] = NOBODY
    deciders: frozenset[PersonId] = NOBODY
    earlier: frozenset[PersonId] = NOBODY
    conflicts: frozenset[PersonId] = NOBODY
    recommendation: Outcome | None = None
    proposed: Outcome | None = None
    proposed_tier: str | None = None
    proposed_by: frozenset[PersonId] = NOBODY
    tier: str | None = None
    missing: frozenset[str] = frozenset()
    supplements: int = 0
    appeals: int = 0
    open_objections: int = 0
    notice_ends: date | None = None
    notice_tier: str | None = None
    reopen_proposed_by: frozenset[PersonId] = NOBODY
    barred_until: date | None = None
    has_live_card: bool = False
    replaces_card: bool = False
    renews_from: date | None = None
    reopened: bool = False
    deadline: Deadline | None = None
    review_deadline: Deadline | None = None

    @property
    def parties(self) -> frozenset[PersonId]:
        """Return everybody who stands on the applicant's side of the counter."""
        return frozenset(one for one in (self.applicant, self.prepared_by, self.confirmed_by) if one is not None)


@dataclass(frozen=True, slots=True)
class Determined:
    """The engine's result that is laid beside a decision; ``tier`` is ``None`` when no tier was determined."""

    tier: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One act on one application: who, when, what was said, and the facts before it.

    ``reason`` is the officer's or the applicant's written reason, ``rule`` the rule that a refusal rests on,
    ``documents`` the missing documents asked for or now delivered, ``outcome`` the way of a recommendation, ``grant``
    the tier decided or published, ``notice_tiers`` the tiers that need a public notice, ``assignee`` to whom a case is
    handed over. ``unchecked`` are facts of the granted tier that nobody has checked.
    Without ``determination`` nothing can be decided.
    """

    case: CaseFacts
    actor: Actor
    moment: datetime
    days: WorkingDays
    limits: Limits = field(default_factory=Limits)
    reason: str = ""
    rule: str = ""
    documents: frozenset[str] = frozenset()
    outcome: Outcome | None = None
    grant: str | None = None
    notice_tiers: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()
    determination: Determined | None = None
    assignee: PersonId | None = None

    @property
    def facts(self) -> CaseFacts:
        """Return the facts before the act."""
        return self.case

    @property
    def city(self) -> str:
        """Return the city whose officers handle the case."""
        return self.case.city

    @property
    def granted(self) -> str | None:
        """Return the tier that this act would grant: the proposed one where a second approver is waited for."""
        return self.case.proposed_tier if self.case.proposed is not None else self.grant

    @property
    def today(self) -> date:
        """Return the local day of the act."""
        return local_date(self.moment)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event can't happen now: a stable code and one sentence in each language."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Transition:
    """What happens: the states before and after, the new facts, whom to tell and what becomes of the card.

    ``card`` is an event for the card that is bound to this application or that it replaces.
    """

    event: ApplicationEvent
    source: ApplicationState
    target: ApplicationState
    case: CaseFacts
    tell: tuple[Audience, ...] = ()
    card: tuple[CardEvent, CardReason] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """Everything about a card, beside its state, on which a guard may depend."""

    holder: PersonId
    city: str
    valid_until: date
    reason: CardReason | None = None
    suspended_by: frozenset[PersonId] = NOBODY
    move_deadline: Deadline | None = None
    barred_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContext:
    """One act on one card; ``because`` is its coded reason and ``reason`` the written one."""

    card: CardFacts
    actor: Actor
    moment: datetime
    days: WorkingDays
    limits: Limits = field(default_factory=Limits)
    because: CardReason | None = None
    reason: str = ""
    employer_confirmed: bool = False

    @property
    def facts(self) -> CardFacts:
        """Return the facts before the act."""
        return self.card

    @property
    def city(self) -> str:
        """Return the city whose officers look after the card."""
        return self.card.city

    @property
    def today(self) -> date:
        """Return the local day of the act."""
        return local_date(self.moment)


@dataclass(frozen=True, slots=True)
class CardTransition:
    """What happens to a card: the states before and after, and the new facts."""

    event: CardEvent
    source: CardState
    target: CardState
    card: CardFacts
    tell: tuple[Audience, ...] = ()
