"""What may happen to a card."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.account.roles import Role, Scope
from suchang.domain.ids import PersonId
from suchang.domain.lifecycle import (
    SYSTEM,
    Actor,
    CardContext,
    CardFacts,
    CardReason,
    CardTransition,
    Limits,
    Refusal,
    Weekdays,
    advance_card,
    bar_until,
    possible_card,
    renewal_opens,
    valid_until,
)
from suchang.domain.lifecycle import CardEvent as E
from suchang.domain.lifecycle import CardState as S
from tests.unit.domain.lifecycle.stories import AN, ANA, EMPLOYER, MONDAY, NANJING, RUI, SU, SUZHOU, officer

HOLDER = Actor(PersonId("wang"), Role.HOLDER)
CARD = CardFacts(holder=HOLDER.person, city=NANJING, valid_until=date(2031, 3, 1))


class Card:
    def __init__(self) -> None:
        self.state, self.facts, self.now = S.ACTIVE, CARD, MONDAY

    def ask(self, event: E, actor: Actor, **said: Any) -> CardTransition | Refusal:
        said.setdefault("reason", "as written")
        context = CardContext(card=self.facts, actor=actor, moment=self.now, days=Weekdays(), **said)
        return advance_card(self.state, event, context)

    def do(self, event: E, actor: Actor, **said: Any) -> Card:
        answer = self.ask(event, actor, **said)
        assert isinstance(answer, CardTransition), answer
        self.state, self.facts = answer.target, answer.card
        return self

    def refused(self, event: E, actor: Actor, **said: Any) -> str:
        answer = self.ask(event, actor, **said)
        assert isinstance(answer, Refusal), answer
        return answer.code

    def wait(self, days: int) -> Card:
        self.now += timedelta(days=days)
        return self


def test_other_person_restores_when_a_card_was_suspended() -> None:
    card = Card()
    assert card.refused(E.SUSPEND, RUI, because=CardReason.DEATH) == "reason_code_wrong"
    assert card.refused(E.SUSPEND, RUI, because=CardReason.LOST, reason=" ") == "reason_required"
    card.do(E.SUSPEND, ANA, because=CardReason.SUSPECTED_FRAUD)
    assert card.refused(E.RESTORE, ANA) == "four_eyes"
    assert card.refused(E.RESTORE, officer("deputy", Role.APPROVER, on_behalf_of="ana")) == "four_eyes"
    assert card.refused(E.RESTORE, replace(AN, tied=ANA.people)) == "four_eyes"
    assert card.refused(E.RESTORE, SU) == "wrong_role"
    assert card.do(E.RESTORE, AN).state is S.ACTIVE
    assert card.facts.reason is None


def test_holder_is_refused_when_handling_their_own_card_as_an_officer() -> None:
    own = officer("wang", Role.APPROVER)
    assert Card().refused(E.SUSPEND, own, because=CardReason.LOST) == "party_to_case"
    card = Card().do(E.REPORT_LOST, HOLDER)
    assert card.refused(E.RESTORE, own) == "party_to_case"
    assert card.refused(E.RESTORE, officer("x", Role.APPROVER, on_behalf_of="wang")) == "party_to_case"


def test_stranger_is_refused_when_reporting_a_loss() -> None:
    assert Card().refused(E.REPORT_LOST, Actor(PersonId("li"), Role.HOLDER)) == "not_own_card"
    assert Card().refused(E.REPORT_LOST, Actor(PersonId("li"), Role.PUBLIC)) == "wrong_role"
    other_city = officer("rui", Role.REVIEWER, scope=Scope.of([SUZHOU]))
    assert Card().refused(E.REPORT_LOST, other_city) == "out_of_scope"


def test_person_is_barred_for_five_years_when_revoked_for_fraud() -> None:
    card = Card()
    assert card.refused(E.REVOKE, SU, because=CardReason.FRAUD) == "wrong_role"
    assert card.refused(E.REVOKE, ANA, because=CardReason.RENEWED) == "reason_code_wrong"
    card.do(E.REVOKE, ANA, because=CardReason.FRAUD)
    assert card.state is S.REVOKED
    assert card.facts.barred_until == date(2031, 3, 2)
    assert Card().do(E.REVOKE, ANA, because=CardReason.DEATH).facts.barred_until is None


def test_card_expires_when_its_last_day_is_over() -> None:
    card = Card()
    card.now = datetime(2031, 3, 1, 15, 59, tzinfo=UTC)
    assert card.refused(E.EXPIRE, SYSTEM) == "not_expired"
    card.now = datetime(2031, 3, 1, 16, 0, tzinfo=UTC)
    assert card.do(E.EXPIRE, SYSTEM).state is S.EXPIRED


def test_restoring_is_refused_when_the_card_has_expired_meanwhile() -> None:
    card = Card().do(E.SUSPEND, RUI, because=CardReason.LOST).wait(365 * 6)
    assert card.refused(E.RESTORE, ANA) == "expired"


def test_card_moves_when_a_new_employer_confirms_after_a_departure() -> None:
    lost = Card().do(E.REPORT_LOST, HOLDER)
    assert lost.refused(E.MOVE_EMPLOYER, ANA, employer_confirmed=True) == "not_departed"
    card = Card().do(E.FILE_DEPARTURE, EMPLOYER)
    assert card.state is S.SUSPENDED
    assert card.refused(E.FILE_DEPARTURE, EMPLOYER) == "already_departed"
    assert card.refused(E.RESTORE, ANA) == "departed"
    assert card.refused(E.MOVE_EMPLOYER, ANA) == "employer_required"
    assert card.do(E.MOVE_EMPLOYER, ANA, employer_confirmed=True).state is S.ACTIVE


def test_card_ends_when_nobody_employs_the_holder_in_time() -> None:
    card = Card().do(E.FILE_DEPARTURE, EMPLOYER)
    assert card.wait(84).refused(E.END_AFTER_DEPARTURE, SYSTEM) == "limit_not_passed"
    assert card.wait(1).do(E.END_AFTER_DEPARTURE, SYSTEM).state is S.REVOKED
    assert card.facts.reason is CardReason.DEPARTED


def test_suspension_stays_when_a_suspected_holder_changes_employer() -> None:
    card = Card().do(E.SUSPEND, ANA, because=CardReason.SUSPECTED_FRAUD).do(E.FILE_DEPARTURE, EMPLOYER)
    assert card.facts.reason is CardReason.SUSPECTED_FRAUD
    card.do(E.MOVE_EMPLOYER, ANA, employer_confirmed=True)
    assert card.state is S.SUSPENDED
    assert card.refused(E.RESTORE, ANA) == "four_eyes"
    assert card.do(E.RESTORE, AN).state is S.ACTIVE


def test_another_card_takes_its_place_when_one_is_lost_or_damaged() -> None:
    assert Card().do(E.REISSUE, HOLDER, because=CardReason.DAMAGED).facts.reason is CardReason.DAMAGED
    assert Card().do(E.REPORT_LOST, HOLDER).do(E.REISSUE, HOLDER, because=CardReason.LOST).state is S.REPLACED
    assert Card().do(E.REPORT_LOST, HOLDER).do(E.REISSUE, RUI, because=CardReason.LOST).state is S.REPLACED
    assert Card().refused(E.REISSUE, HOLDER, because=CardReason.RENEWED) == "reason_code_wrong"
    assert Card().refused(E.REISSUE, HOLDER, because=CardReason.LOST, reason="") == "reason_required"
    assert Card().refused(E.REISSUE, Actor(PersonId("li"), Role.HOLDER), because=CardReason.LOST) == "not_own_card"
    assert Card().refused(E.REISSUE, officer("wang", Role.REVIEWER), because=CardReason.LOST) == "party_to_case"


@pytest.mark.parametrize("reason", [CardReason.SUSPECTED_FRAUD, CardReason.UNDER_REVIEW, CardReason.COMPROMISE])
def test_no_card_takes_its_place_when_one_is_suspended_for_more_than_a_loss(reason) -> None:
    card = Card().do(E.SUSPEND, RUI, because=reason)
    assert card.refused(E.REISSUE, HOLDER, because=CardReason.LOST) == "card_held_back"
    assert Card().do(E.FILE_DEPARTURE, EMPLOYER).refused(E.REISSUE, ANA, because=CardReason.LOST) == "departed"
    by_ana = Card().do(E.SUSPEND, ANA, because=CardReason.LOST)
    assert by_ana.refused(E.REISSUE, ANA, because=CardReason.LOST) == "four_eyes"
    assert by_ana.wait(365 * 6).refused(E.REISSUE, RUI, because=CardReason.LOST) == "expired"


def test_restoring_is_refused_when_the_approval_is_being_reviewed_again() -> None:
    card = Card().do(E.SUSPEND, SYSTEM, because=CardReason.UNDER_REVIEW)
    assert card.refused(E.RESTORE, ANA) == "under_review"
    assert card.do(E.REPLACE, SYSTEM, because=CardReason.REPLACED).state is S.REPLACED


@pytest.mark.parametrize("event", list(E))
def test_nothing_happens_when_a_card_has_ended(event) -> None:
    card = Card().do(E.REVOKE, ANA, because=CardReason.MISTAKE)
    assert card.refused(event, SYSTEM, because=CardReason.MISTAKE) == "not_now"


def test_buttons_are_those_that_work_when_an_approver_looks() -> None:
    context = CardContext(card=CARD, actor=ANA, moment=MONDAY, days=Weekdays())
    assert set(possible_card(S.ACTIVE, context)) == {
        E.SUSPEND, E.REPORT_LOST, E.REVOKE, E.FILE_DEPARTURE, E.REISSUE,
    }  # fmt: skip
    assert possible_card(S.ACTIVE, replace(context, actor=officer("wang", Role.AUDITOR))) == ()


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 10), st.integers(0, 6000))
def test_card_never_outlives_the_contract_when_issued(issued, years, contract_days) -> None:
    contract = issued + timedelta(days=contract_days)
    end = valid_until(issued, years, contract)
    assert end <= contract
    assert issued <= end < issued.replace(year=issued.year + years, day=min(issued.day, 28)) + timedelta(days=5)
    assert (end - renewal_opens(end, Limits())).days == 60


def test_card_is_refused_when_the_contract_is_already_over() -> None:
    with pytest.raises(ValueError, match="contract"):
        valid_until(date(2026, 3, 2), 5, date(2026, 3, 1))


def test_bar_ends_on_the_first_of_march_when_it_began_on_a_leap_day() -> None:
    assert bar_until(date(2028, 2, 29), Limits()) == date(2033, 3, 1)
