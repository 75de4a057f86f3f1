"""Ask the tables: what follows from an event, and which events would go through now."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from suchang.domain.ids import PersonId
from suchang.domain.lifecycle.cards import CARD_RULES, CardRule
from suchang.domain.lifecycle.context import CardContext, CardTransition, Context, Refusal, Transition
from suchang.domain.lifecycle.names import EVENT_NAMES, STATE_NAMES
from suchang.domain.lifecycle.states import (
    ApplicationEvent,
    ApplicationState,
    CardEvent,
    CardReason,
    CardState,
    Outcome,
)
from suchang.domain.lifecycle.table import RULES, Rule

OUT_OF_SCOPE: Final = Refusal("out_of_scope", "该事项不在您的辖区内。", "This isn't in your area.")
WRONG_ROLE: Final = Refusal("wrong_role", "您的岗位不能办理此事项。", "Your role can't do this.")

_BY_EVENT: Final[dict[tuple[ApplicationState, ApplicationEvent], tuple[Rule, ...]]] = {
    (state, event): found
    for state in ApplicationState
    for event in ApplicationEvent
    if (found := tuple(rule for rule in RULES if rule.event is event and state in rule.sources))
}
_CARD_BY_EVENT: Final[dict[tuple[CardState, CardEvent], tuple[CardRule, ...]]] = {
    (state, event): lines
    for state in CardState
    for event in CardEvent
    if (lines := tuple(line for line in CARD_RULES if line.event is event and state in line.sources))
}


def advance(state: ApplicationState, event: ApplicationEvent, context: Context) -> Transition | Refusal:
    """Give what an event does to an application in this state, or why it can't happen."""
    rules = _BY_EVENT.get((state, event), ())
    if not rules:
        return _not_now(state, event)
    if context.actor.is_officer and not context.actor.scope.covers(context.case.city):
        return OUT_OF_SCOPE
    rule = next((one for one in rules if one.route is None or one.route.applies(context)), None)
    if rule is None:
        return _not_now(state, event)
    if context.actor.role not in rule.who:
        return WRONG_ROLE
    for guard in rule.guards:
        if not guard.holds(context):
            return guard.refusal()
    card = rule.card(context) if rule.card is not None else None
    return Transition(event, state, rule.target, rule.effect(context), rule.tell, card)


def advance_card(state: CardState, event: CardEvent, context: CardContext) -> CardTransition | Refusal:
    """Give what an event does to a card in this state, or why it can't happen."""
    rules = _CARD_BY_EVENT.get((state, event), ())
    if not rules:
        return _not_now(state, event)
    if context.actor.is_officer and not context.actor.scope.covers(context.card.city):
        return OUT_OF_SCOPE
    rule = next((one for one in rules if one.route is None or one.route.applies(context)), None)
    if rule is None:
        return _not_now(state, event)
    if context.actor.role not in rule.who:
        return WRONG_ROLE
    for guard in rule.guards:
        if not guard.holds(context):
            return guard.refusal()
    return CardTransition(event, state, rule.target, rule.effect(context), rule.tell)


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
    filled = replace(context, reason="-", because=CardReason.HOLDER_REQUEST, employer_confirmed=True)
    return tuple(event for event in CardEvent if isinstance(advance_card(state, event, filled), CardTransition))


def _filled(context: Context) -> tuple[Context, ...]:
    common = replace(
        context,
        reason=context.reason or "-",
        rule=context.rule or "-",
        documents=context.documents or context.case.missing or frozenset({"-"}),
        outcome=context.outcome or Outcome.APPROVE,
        grant=context.grant or "-",
    )
    return (common,) if context.assignee is not None else (common, replace(common, assignee=PersonId("-")))


def _not_now(state: ApplicationState | CardState, event: ApplicationEvent | CardEvent) -> Refusal:
    (state_zh, state_en), (event_zh, event_en) = STATE_NAMES[state], EVENT_NAMES[event]
    return Refusal(
        "not_now",
        f"当前状态为“{state_zh}”,不能{event_zh}。",
        f"This can't be done now ({event_en}): the state is {state_en}.",
    )
