"""The table as a whole: every state can be reached, every choice is decided, the page says what the table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from suchang.domain.account.roles import ROLE_NAMES, Role
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, CardEvent, CardReason, CardState
from suchang.domain.lifecycle.cards import CARD_RULES
from suchang.domain.lifecycle.drawing import document
from suchang.domain.lifecycle.names import EVENT_NAMES, REASON_NAMES, STATE_NAMES
from suchang.domain.lifecycle.table import FINAL, RULES

ROOT = Path(__file__).parents[4]


def test_page_is_current_when_compared_with_the_table() -> None:
    assert (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == document()


@pytest.mark.parametrize(
    ("rules", "first", "states"), [(RULES, "draft", ApplicationState), (CARD_RULES, "active", CardState)]
)
def test_every_state_is_reached_when_walking_from_the_first(rules, first, states) -> None:
    reached, grown = {first}, True
    while grown:
        grown = False
        for rule in rules:
            if reached & set(rule.sources) and rule.target not in reached:
                reached.add(rule.target)
                grown = True
    assert reached == set(states)


def test_nothing_leaves_a_final_state_when_looking_at_every_rule() -> None:
    assert not [rule for rule in RULES if FINAL & set(rule.sources)]
    ended = {CardState.REVOKED, CardState.EXPIRED, CardState.REPLACED}
    assert not [rule for rule in CARD_RULES if ended & set(rule.sources)]


@pytest.mark.parametrize(("rules", "events"), [(RULES, ApplicationEvent), (CARD_RULES, CardEvent)])
def test_a_choice_is_labelled_when_one_event_leads_to_two_states(rules, events) -> None:
    assert {rule.event for rule in rules} == set(events)
    for event in events:
        for state in {source for rule in rules if rule.event is event for source in rule.sources}:
            lines = [rule for rule in rules if rule.event is event and state in rule.sources]
            assert len(lines) == 1 or all(line.route is not None for line in lines)


def test_every_word_has_two_names_when_shown_to_people() -> None:
    assert set(STATE_NAMES) == {*ApplicationState, *CardState}
    assert len(STATE_NAMES) == len(ApplicationState) + len(CardState), "a name is shared by an application and a card"
    assert set(EVENT_NAMES) == {*ApplicationEvent, *CardEvent}
    assert len(EVENT_NAMES) == len(ApplicationEvent) + len(CardEvent)
    assert set(REASON_NAMES) == set(CardReason)
    assert set(ROLE_NAMES) == set(Role)


def test_a_refusal_code_is_always_a_slug_with_two_sentences_when_guarding() -> None:
    guards = [guard for rule in (*RULES, *CARD_RULES) for guard in rule.guards]
    assert guards
    for guard in guards:
        assert guard.code.replace("_", "").isalpha()
        assert guard.zh.endswith("。")
        assert guard.en.endswith(".")
