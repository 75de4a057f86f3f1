"""Ask the tables: what follows from an event, and which events would go through now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Generic, TypeVar

from suchang.domain.ids import PersonId
from suchang.domain.lifecycle.cards import CARD_RULES, CardRule
from suchang.domain.lifecycle.context import (
    CardContext,
    CardTransition,
    Context,
    Refusal,
    Transition,
)
from suchang.domain.lifecycle.names import EVENT_NAMES, STATE_NAMES
from suchang.domain.lifecycle.rules import C, E, F, Rule, S
from suchang.domain.lifecycle.states import (
    ApplicationEvent,
    ApplicationState,
    CardEvent,
    CardReason,
    CardState,
    Outcome,
)
from suchang.domain.lifecycle.table import RULES
from suchang.domain.lifecycle.table import Rule as ApplicationRule

OUT_OF_SCOPE: Final = Refusal("out_of_scope", "该事项不在您的辖区内。", "This isn't in your area.")
WRONG_ROLE: Final = Refusal("wrong_role", "您的岗位不能办理此事项。", "Your role can't do this.")

T = TypeVar("T")


class Machine(Generic[S, E, C, F, T]):
    """One table at work: applications and cards move by the same steps, and differ in their lines and answers."""

    def __init__(self, rules: Sequence[Rule[S, E, C, F]], answer: Callable[[Rule[S, E, C, F], S, C], T]) -> None:
        self._answer = answer
        self._lines: dict[tuple[S, E], list[Rule[S, E, C, F]]] = {}
        for rule in rules:
            for state in rule.sources:
                self._lines.setdefault((state, rule.event), []).append(rule)

    def advance(self, state: S, event: E, context: C) -> T | Refusal:
        """Return what an event does in this state, or why it can't happen."""
        lines = self._lines.get((state, event), [])
        if not lines:
            return _not_now(state, event)
        if context.actor.is_officer and not context.actor.scope.covers(context.city):
            return OUT_OF_SCOPE
        rule = next((one for one in lines if one.route is None or one.route.applies(context)), None)
        if rule is None:
            return _not_now(state, event)
        if context.actor.role not in rule.who:
            return WRONG_ROLE
        for guard in rule.guards:
            if not guard.holds(context):
                return guard.refusal()
        return self._answer(rule, state, context)


def _of_application(rule: ApplicationRule, state: ApplicationState, context: Context) -> Transition:
    card = rule.card(context) if rule.card is not None else None
    return Transition(rule.event, state, rule.target, rule.effect(context), rule.tell, card)


def _of_card(rule: CardRule, state: CardState, context: CardContext) -> CardTransition:
    return CardTransition(rule.event, state, rule.target, rule.effect(context), rule.tell)


_APPLICATIONS: Final = Machine(RULES, _of_application)
_CARDS: Final = Machine(CARD_RULES, _of_card)


def advance(state: ApplicationState, event: ApplicationEvent, context: Context) -> Transition | Refusal:
    """Return what an event does to an application in this state, or why it can't happen."""
    return _APPLICATIONS.advance(state, event, context)


def advance_card(state: CardState, event: CardEvent, context: CardContext) -> CardTransition | Refusal:
    """Return what an event does to a card in this state, or why it can't happen."""
    return _CARDS.advance(state, event, context)


def possible(state: ApplicationState, context: Context) -> tuple[ApplicationEvent, ...]:
    """List the events that this actor could bring about now, given all that they would have to write.

    Meant for showing buttons: reasons, documents, tiers and outcomes are taken as filled in.
    """
    return tuple(
        event
        for event in ApplicationEvent
        if any(isinstance(advance(state, event, filled), Transition) for filled in _filled(context))
    )


def possible_card(state: CardState, context: CardContext) -> tuple[CardEvent, ...]:
    """List the events that this actor could bring about on a card now, the reasons taken as filled in."""
    filled = [
        replace(context, reason="-", because=because, employer_confirmed=True)
        for because in (CardReason.HOLDER_REQUEST, CardReason.LOST)
    ]
    return tuple(
        event
        for event in CardEvent
        if any(isinstance(advance_card(state, event, one), CardTransition) for one in filled)
    )


def _filled(context: Context) -> tuple[Context, ...]:
    common = replace(
        context,
        reason=context.reason or "-",
        rule=context.rule or "-",
        documents=context.documents or context.case.missing or frozenset({"-"}),
        outcome=context.outcome or Outcome.APPROVE,
        grant=context.grant or "-",
    )
    if context.assignee is None:
        common = replace(common, assignee=PersonId("-"))
    published = replace(common, grant=context.grant or min(context.notice_tiers, default="-"))
    return (common, replace(common, assignee=context.assignee), published)


def _not_now(state: S, event: E) -> Refusal:
    (state_zh, state_en), (event_zh, event_en) = STATE_NAMES[state], EVENT_NAMES[event]
    return Refusal(
        "not_now",
        f"当前状态为“{state_zh}”,不能{event_zh}。",
        f"This can't be done now ({event_en}): the state is {state_en}.",
    )
