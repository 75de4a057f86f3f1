"""The lifecycle of applications and cards as one table each; everything else asks it and decides nothing itself.

Shape::

    advance(state, event, context)          -> Transition | Refusal          (applications)
    advance_card(state, event, card_context) -> CardTransition | Refusal      (cards)
    possible(state, context) / possible_card(state, card_context)            -> events that would go through now

``Context`` holds the act (``actor``, ``moment``, ``reason``, ``documents``, ``grant``, ``determination`` …) and
``CaseFacts``: everything about the case, beside its state, on which a guard may depend. A ``Transition`` gives the new
state (``target``) and the new facts (``case``), whom to tell (``tell``) and, sometimes, an event for the card that is
bound to the case (``card``), which the caller puts through ``advance_card`` as :data:`SYSTEM` in the same transaction.
A ``Refusal`` has a stable ``code`` and one sentence in Chinese and English; nothing is raised, nothing is changed.

A use case reads::

    answer = advance(ApplicationState(row.state), ApplicationEvent.APPROVE,
                     Context(case=facts_of(row), actor=actor, moment=now, days=days, grant="B",
                             determination=Determined(tier="B")))
    if isinstance(answer, Refusal): ...           # a value: audit it, answer it, commit
    store(row, answer.target, answer.case)

The actor is a *person* (never an account) in one role; a deputy names ``on_behalf_of``, and both people's earlier parts
count. The straight way is: SUBMIT, CLAIM, RECOMMEND (``outcome``), APPROVE (``determination``, ``grant``), ISSUE.
Approving or rejecting against the determination goes to SECOND_DECISION and needs CONFIRM_DECISION by somebody else.
Deadlines are in ``case.deadline``; they count working days from a :class:`WorkingDays` calendar.
"""

from __future__ import annotations

from suchang.domain.lifecycle.context import (
    NOBODY,
    SYSTEM,
    SYSTEM_PERSON,
    Actor,
    CardContext,
    CardFacts,
    CardTransition,
    CaseFacts,
    Context,
    Determined,
    Refusal,
    Transition,
)
from suchang.domain.lifecycle.machine import advance, advance_card, possible, possible_card
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
from suchang.domain.lifecycle.terms import bar_until, renewal_opens, valid_until
from suchang.domain.lifecycle.working_days import (
    Deadline,
    LimitKind,
    Limits,
    Urgency,
    Weekdays,
    WorkingDays,
    urgency,
)

__all__ = [
    "NOBODY",
    "SYSTEM",
    "SYSTEM_PERSON",
    "Actor",
    "ApplicationEvent",
    "ApplicationState",
    "Audience",
    "CardContext",
    "CardEvent",
    "CardFacts",
    "CardReason",
    "CardState",
    "CardTransition",
    "CaseFacts",
    "Context",
    "Deadline",
    "Determined",
    "Kind",
    "LimitKind",
    "Limits",
    "Outcome",
    "Refusal",
    "Transition",
    "Urgency",
    "Weekdays",
    "WorkingDays",
    "advance",
    "advance_card",
    "bar_until",
    "possible",
    "possible_card",
    "renewal_opens",
    "urgency",
    "valid_until",
]
