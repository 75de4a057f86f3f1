"""What may happen to an application, told as stories."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from suchang.domain.account.roles import EVERYWHERE, Role, Scope
from suchang.domain.clock import local_date
from suchang.domain.ids import PersonId
from suchang.domain.lifecycle import (
    SYSTEM,
    Actor,
    Audience,
    CardEvent,
    CardReason,
    Context,
    Determined,
    Kind,
    Outcome,
    possible,
)
from suchang.domain.lifecycle import ApplicationEvent as E
from suchang.domain.lifecycle import ApplicationState as S
from suchang.domain.lifecycle.working_days import Urgency, urgency
from tests.unit.domain.lifecycle.stories import (
    AN,
    ANA,
    ANYONE,
    EMPLOYER,
    MONDAY,
    RAN,
    RUI,
    SHEN,
    SU,
    SUZHOU,
    WANG,
    Story,
    officer,
)

B = Determined("B")
NONE = Determined(None)
REFUSAL = {"reason": "two years short", "rule": "JS-B-03"}


def test_card_is_issued_when_everything_is_straight() -> None:
    story = Story().issued()
    assert story.state is S.ISSUED
    assert story.case.tier == "B"
    assert story.case.deadline is None


def test_only_the_applicant_submits_when_others_try() -> None:
    assert Story().refused(E.SUBMIT, Actor(PersonId("li"), Role.APPLICANT)) == "not_own_case"
    assert Story().refused(E.SUBMIT, RUI) == "wrong_role"
    assert Story().refused(E.SUBMIT, Actor(WANG.person, Role.APPLICANT, on_behalf_of=RUI.person)) == "not_own_case"


def test_employer_is_asked_first_when_the_track_needs_it() -> None:
    story = Story().with_facts(employer_confirms=True)
    told = story.do(E.SUBMIT, WANG).tell
    assert story.state is S.AWAITING_EMPLOYER
    assert Audience.EMPLOYER in told
    assert story.refused(E.CLAIM, RUI) == "not_now"
    assert story.refused(E.CONFIRM_EMPLOYMENT, Actor(WANG.person, Role.EMPLOYER)) == "party_to_case"
    story.do(E.CONFIRM_EMPLOYMENT, EMPLOYER)
    assert story.state is S.SUBMITTED
    assert story.refused(E.CLAIM, officer("personnel", Role.REVIEWER)) == "party_to_case"


def test_draft_comes_back_when_the_employer_declines() -> None:
    story = Story().with_facts(employer_confirms=True).submitted()
    assert story.refused(E.DECLINE_EMPLOYMENT, EMPLOYER) == "reason_required"
    story.do(E.DECLINE_EMPLOYMENT, EMPLOYER, reason="not employed here")
    assert story.state is S.DRAFT
    assert story.case.deadline is None


def test_application_lapses_when_the_employer_stays_silent() -> None:
    story = Story().with_facts(employer_confirms=True).submitted()
    assert story.refused(E.LAPSE, SYSTEM) == "limit_not_passed"
    assert story.refused(E.LAPSE, SU) == "wrong_role"
    assert story.wait(15).do(E.LAPSE, SYSTEM).target is S.LAPSED


@pytest.mark.parametrize("person", ["wang", "prep"])
@pytest.mark.parametrize(
    ("event", "role"), [(E.CLAIM, Role.REVIEWER), (E.APPROVE, Role.APPROVER), (E.REJECT, Role.APPROVER)]
)
def test_party_is_refused_when_acting_as_an_officer(person, event, role) -> None:
    story = Story().with_facts(prepared_by=PersonId("prep"))
    story = story.submitted() if event is E.CLAIM else story.recommended()
    said = {"determination": B, "grant": "B", **REFUSAL}
    assert story.refused(event, officer(person, role), **said) == "party_to_case"
    assert story.refused(event, officer("deputy", role, on_behalf_of=person), **said) == "party_to_case"


def test_reviewer_is_refused_when_approving_by_any_account_or_deputy() -> None:
    story = Story().recommended()
    for actor in (
        officer("rui", Role.APPROVER),
        officer("rui", Role.APPROVER, scope=EVERYWHERE),
        officer("deputy", Role.APPROVER, on_behalf_of="rui"),
        officer("rui", Role.APPROVER, on_behalf_of="ana"),
    ):
        assert story.refused(E.APPROVE, actor, determination=B, grant="B") == "four_eyes"
        assert story.refused(E.REJECT, actor, determination=NONE, **REFUSAL) == "four_eyes"


def test_principal_is_refused_when_their_deputy_reviewed() -> None:
    story = Story().claimed()
    deputy = officer("deputy", Role.REVIEWER, on_behalf_of="rui")
    story.do(E.RECOMMEND, deputy, outcome=Outcome.APPROVE)
    assert story.refused(E.APPROVE, officer("rui", Role.APPROVER), determination=B, grant="B") == "four_eyes"
    assert story.refused(E.APPROVE, officer("deputy", Role.APPROVER), determination=B, grant="B") == "four_eyes"


def test_person_with_a_conflict_is_refused_when_declared() -> None:
    story = Story().with_facts(conflicts=frozenset({RUI.person, ANA.person})).submitted()
    assert story.refused(E.CLAIM, RUI) == "conflict_declared"
    story.do(E.CLAIM, RAN)
    story.do(E.RECOMMEND, RAN, outcome=Outcome.APPROVE)
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "conflict_declared"


def test_officer_of_another_city_is_refused_when_acting() -> None:
    story = Story().submitted()
    stranger = officer("rui", Role.REVIEWER, scope=Scope.of([SUZHOU]))
    assert story.refused(E.CLAIM, stranger) == "out_of_scope"
    assert story.refused(E.CLAIM, officer("rui", Role.REVIEWER, scope=Scope(frozenset()))) == "out_of_scope"
    story.do(E.CLAIM, officer("rui", Role.REVIEWER, scope=EVERYWHERE))


def test_only_the_claimant_reviews_when_a_case_is_claimed() -> None:
    story = Story().claimed()
    assert story.refused(E.RECOMMEND, RAN, outcome=Outcome.APPROVE) == "not_claimed_by_you"
    assert story.refused(E.RECOMMEND, RUI) == "outcome_required"
    assert story.refused(E.RECOMMEND, RUI, outcome=Outcome.REJECT) == "reason_required"
    assert story.refused(E.CLAIM, RAN) == "not_now"


def test_case_goes_to_another_when_handed_over() -> None:
    story = Story().claimed()
    assert story.refused(E.HAND_OVER, SU) == "assignee_not_free"
    assert story.refused(E.HAND_OVER, SU, assignee=WANG.person) == "assignee_not_free"
    story.do(E.HAND_OVER, SU, assignee=RAN.person)
    assert story.refused(E.RECOMMEND, RUI, outcome=Outcome.APPROVE) == "not_claimed_by_you"
    story.do(E.RECOMMEND, RAN, outcome=Outcome.APPROVE)


def test_no_time_is_won_when_a_case_is_released_and_claimed_again() -> None:
    story = Story().claimed()
    due = story.case.deadline.due
    story.wait(2).do(E.RELEASE, RUI)
    assert story.case.deadline.due == due
    story.do(E.CLAIM, RAN)
    assert story.case.deadline.due == due


def test_supplement_is_asked_once_and_completely_when_documents_are_missing() -> None:
    story = Story().claimed().wait(1)
    due = story.case.deadline.due
    assert story.refused(E.REQUEST_SUPPLEMENT, RUI) == "documents_required"
    assert story.refused(E.REQUEST_SUPPLEMENT, RUI, documents=frozenset({" "})) == "documents_required"
    story.do(E.REQUEST_SUPPLEMENT, RUI, documents=frozenset({"degree", "contract"}))
    assert story.state is S.SUPPLEMENT_REQUESTED
    story.wait(6)
    assert story.refused(E.SUPPLY, WANG, documents=frozenset({"degree"})) == "supplement_incomplete"
    story.do(E.SUPPLY, WANG, documents=frozenset({"degree", "contract"}))
    assert story.case.deadline.due > due, "the review's clock stood still meanwhile"
    assert story.refused(E.REQUEST_SUPPLEMENT, RUI, documents=frozenset({"more"})) == "supplement_already_requested"
    assert story.refused(E.APPROVE, officer("rui", Role.APPROVER), determination=B, grant="B") == "not_now"


def test_application_lapses_when_documents_never_come() -> None:
    story = Story().claimed()
    story.do(E.REQUEST_SUPPLEMENT, RUI, documents=frozenset({"degree"}))
    assert story.wait(21).refused(E.LAPSE, SYSTEM) == "limit_not_passed"
    assert story.wait(1).do(E.LAPSE, SYSTEM).target is S.LAPSED


def test_decision_is_refused_when_no_determination_lies_beside_it() -> None:
    story = Story().recommended()
    assert story.refused(E.APPROVE, ANA, grant="B") == "determination_required"
    assert story.refused(E.REJECT, ANA, **REFUSAL) == "determination_required"
    assert story.refused(E.APPROVE, ANA, determination=B) == "tier_required"


@pytest.mark.parametrize("determined", [Determined(None), Determined("C")])
def test_second_approver_decides_when_the_decision_goes_against_the_determination(determined) -> None:
    story = Story().recommended()
    assert story.refused(E.APPROVE, ANA, determination=determined, grant="B") == "reason_required"
    story.do(E.APPROVE, ANA, determination=determined, grant="B", reason="a prize not in the catalogue")
    assert story.state is S.SECOND_DECISION
    assert story.case.tier is None
    assert story.refused(E.ISSUE, SYSTEM) == "not_now"
    for same in (ANA, officer("deputy", Role.APPROVER, on_behalf_of="ana")):
        assert story.refused(E.CONFIRM_DECISION, same) == "second_person_required"
    assert story.refused(E.CONFIRM_DECISION, officer("rui", Role.APPROVER)) == "four_eyes"
    story.do(E.CONFIRM_DECISION, AN)
    assert story.state is S.APPROVED
    assert story.case.tier == "B"


def test_rejection_waits_for_a_second_approver_when_a_tier_was_determined() -> None:
    story = Story().recommended()
    assert story.refused(E.REJECT, ANA, determination=B, reason="forged") == "rule_required"
    story.do(E.REJECT, ANA, determination=B, **REFUSAL)
    assert story.state is S.SECOND_DECISION
    story.do(E.CONFIRM_DECISION, AN)
    assert story.state is S.REJECTED


def test_proposal_is_dropped_when_the_second_approver_disagrees() -> None:
    story = Story().recommended()
    story.do(E.APPROVE, ANA, determination=NONE, grant="B", reason="because")
    story.do(E.DECLINE_DECISION, AN, reason="no ground for it")
    assert story.state is S.RECOMMENDED
    assert story.case.proposed is None
    assert story.refused(E.CONFIRM_DECISION, AN) == "not_now"


def test_approver_sends_back_when_the_recommendation_was_no() -> None:
    story = Story().claimed()
    story.do(E.RECOMMEND, RUI, outcome=Outcome.REJECT, **REFUSAL)
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "not_recommended"
    story.do(E.SEND_BACK, ANA, reason="look at the second degree")
    assert story.state is S.IN_REVIEW
    story.do(E.RELEASE, RUI)
    assert story.refused(E.CLAIM, officer("ana", Role.REVIEWER)) == "four_eyes"


def test_approval_waits_when_a_public_notice_is_required() -> None:
    story = Story(notice_tiers=frozenset({"A", "B"})).recommended()
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "notice_not_over"
    story.do(E.PUBLISH_NOTICE, ANA, grant="B")
    assert story.case.notice_ends == date(2026, 3, 9)
    story.wait(7)
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "notice_not_over"
    story.wait(1)
    assert story.refused(E.OBJECT, ANYONE, reason="too late") == "notice_over"
    story.do(E.APPROVE, ANA, determination=B, grant="B")
    assert story.state is S.APPROVED


def test_approval_of_another_tier_waits_when_the_notice_named_a_lower_one() -> None:
    story = Story(notice_tiers=frozenset({"A", "B"})).recommended()
    story.do(E.PUBLISH_NOTICE, ANA, grant="B")
    story.wait(8)
    assert story.refused(E.APPROVE, ANA, determination=B, grant="A", reason="r") == "notice_not_over"
    story.do(E.APPROVE, ANA, determination=B, grant="B")


def test_second_approver_waits_when_the_proposed_tier_was_not_published() -> None:
    story = Story().recommended()
    story.do(E.APPROVE, ANA, determination=NONE, grant="A", reason="the jury says so")
    assert story.state is S.SECOND_DECISION
    story.notice_tiers = frozenset({"A"})
    assert story.refused(E.CONFIRM_DECISION, AN, determination=NONE, grant="C") == "notice_not_over"


def test_notice_is_refused_when_the_case_needs_none() -> None:
    assert Story().recommended().refused(E.PUBLISH_NOTICE, ANA, grant="B") == "notice_not_required"


def test_every_objection_is_answered_when_several_are_raised() -> None:
    story = Story(notice_tiers=frozenset({"A", "B"})).recommended()
    story.do(E.PUBLISH_NOTICE, ANA, grant="B")
    assert story.refused(E.OBJECT, ANYONE) == "reason_required"
    story.do(E.OBJECT, ANYONE, reason="the prize isn't theirs")
    story.do(E.OBJECT, ANYONE, reason="nor the degree")
    story.do(E.DISMISS_OBJECTION, SU, reason="checked with the university")
    assert story.state is S.OBJECTED
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "not_now"
    story.do(E.DISMISS_OBJECTION, SU, reason="checked with the jury")
    assert story.state is S.PUBLIC_NOTICE
    story.wait(8).do(E.APPROVE, ANA, determination=B, grant="B")


def test_others_begin_again_when_an_objection_is_upheld() -> None:
    story = Story(notice_tiers=frozenset({"A", "B"})).recommended()
    story.do(E.PUBLISH_NOTICE, ANA, grant="B")
    story.do(E.OBJECT, ANYONE, reason="the prize isn't theirs")
    story.do(E.UPHOLD_OBJECTION, SU, reason="so it is")
    assert story.state is S.SUBMITTED
    assert story.refused(E.CLAIM, RUI) == "others_required"
    story.do(E.CLAIM, RAN)
    story.do(E.RECOMMEND, RAN, outcome=Outcome.APPROVE)
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "others_required"
    assert story.refused(E.APPROVE, AN, determination=B, grant="B") == "notice_not_over"


def test_others_decide_when_the_applicant_appeals() -> None:
    story = Story().rejected()
    assert story.refused(E.APPEAL, WANG) == "reason_required"
    story.do(E.APPEAL, WANG, reason="the years were counted wrongly")
    assert story.state is S.APPEALED
    assert story.refused(E.CLAIM, RUI) == "others_required"
    assert story.refused(E.CLAIM, officer("deputy", Role.REVIEWER, on_behalf_of="rui")) == "others_required"
    story.do(E.CLAIM, RAN)
    assert story.refused(E.HAND_OVER, RAN, assignee=RUI.person) == "assignee_not_free"
    story.do(E.RECOMMEND, RAN, outcome=Outcome.APPROVE)
    assert story.refused(E.APPROVE, ANA, determination=B, grant="B") == "others_required"
    story.do(E.REJECT, AN, determination=NONE, **REFUSAL)
    assert story.refused(E.APPEAL, WANG, reason="again") == "appeal_used"


def test_appeal_is_refused_when_its_time_has_passed() -> None:
    story = Story().rejected()
    assert possible(story.state, Context(case=story.case, actor=WANG, moment=story.now, days=story.days)) == (E.APPEAL,)
    assert story.wait(43).refused(E.APPEAL, WANG, reason="late") == "appeal_too_late"


@pytest.mark.parametrize("at", ["submitted", "claimed", "recommended"])
def test_applicant_withdraws_when_nothing_is_approved(at) -> None:
    story = getattr(Story(), at)()
    assert story.refused(E.WITHDRAW, Actor(PersonId("li"), Role.APPLICANT)) == "not_own_case"
    assert story.do(E.WITHDRAW, WANG).target is S.WITHDRAWN


def test_withdrawal_is_refused_when_approved() -> None:
    assert Story().approved().refused(E.WITHDRAW, WANG) == "not_now"


def test_barred_person_gets_nothing_when_the_bar_falls_at_any_step() -> None:
    bar = {"barred_until": local_date(MONDAY) + timedelta(days=100)}
    assert Story().with_facts(**bar).refused(E.SUBMIT, WANG) == "barred"
    recommended = Story().recommended().with_facts(**bar)
    assert recommended.refused(E.APPROVE, ANA, determination=B, grant="B") == "barred"
    assert Story().approved().with_facts(**bar).refused(E.ISSUE, SYSTEM) == "barred"
    assert Story().with_facts(**bar).wait(100).do(E.SUBMIT, WANG)


def test_second_card_is_refused_when_one_is_live() -> None:
    assert Story().with_facts(has_live_card=True).refused(E.SUBMIT, WANG) == "card_exists"
    assert Story().approved().with_facts(has_live_card=True).refused(E.ISSUE, SYSTEM) == "card_exists"


def test_old_card_is_replaced_when_a_renewal_is_issued() -> None:
    opens = local_date(MONDAY) + timedelta(days=1)
    facts = {"kind": Kind.RENEWAL, "has_live_card": True, "replaces_card": True}
    assert Story().with_facts(**facts).refused(E.SUBMIT, WANG) == "renewal_too_early"
    story = Story().with_facts(**facts, renews_from=opens)
    assert story.refused(E.SUBMIT, WANG) == "renewal_too_early"
    story.wait(1).approved()
    assert story.do(E.ISSUE, SYSTEM).card == (CardEvent.REPLACE, CardReason.RENEWED)


def test_two_people_reopen_when_an_approval_was_wrong() -> None:
    story = Story().issued()
    assert story.refused(E.CONFIRM_REOPEN, SU) == "reopen_not_proposed"
    assert story.refused(E.PROPOSE_REOPEN, SU) == "reason_required"
    story.do(E.PROPOSE_REOPEN, SU, reason="the diploma is false")
    assert story.refused(E.CONFIRM_REOPEN, SU) == "second_person_required"
    answer = story.do(E.CONFIRM_REOPEN, SHEN)
    assert answer.card == (CardEvent.SUSPEND, CardReason.UNDER_REVIEW)
    assert story.state is S.SUBMITTED
    for old in (RUI, officer("ana", Role.REVIEWER), officer("su", Role.REVIEWER)):
        assert story.refused(E.CLAIM, old) == "others_required"
    story.do(E.CLAIM, RAN)
    story.do(E.RECOMMEND, RAN, outcome=Outcome.REJECT, **REFUSAL)
    ended = story.do(E.REJECT, AN, determination=NONE, **REFUSAL)
    assert ended.card == (CardEvent.REVOKE, CardReason.NO_LONGER_QUALIFIES)
    assert not story.case.has_live_card


def test_reopened_card_is_replaced_when_it_is_approved_again() -> None:
    story = Story().issued()
    story.do(E.PROPOSE_REOPEN, SU, reason="wrong tier")
    story.do(E.CONFIRM_REOPEN, SHEN)
    story.do(E.CLAIM, RAN)
    story.do(E.RECOMMEND, RAN, outcome=Outcome.APPROVE)
    story.do(E.APPROVE, AN, determination=Determined("C"), grant="C")
    assert story.do(E.ISSUE, SYSTEM).card == (CardEvent.REPLACE, CardReason.REPLACED)


def test_card_is_refused_when_facts_show_no_decision() -> None:
    story = Story(state=S.APPROVED)
    assert story.refused(E.ISSUE, SYSTEM) == "not_approved"
    assert story.with_facts(tier="A").refused(E.ISSUE, SYSTEM) == "not_approved"
    assert story.refused(E.ISSUE, officer("wang", Role.APPROVER)) == "party_to_case"


def test_deadline_turns_red_when_two_working_days_are_left() -> None:
    story = Story().claimed()
    deadline = story.case.deadline
    assert deadline.due == date(2026, 3, 16)
    looks = [urgency(deadline, date(2026, 3, day), story.days) for day in (11, 12, 16, 17)]
    assert looks == [Urgency.CALM, Urgency.RED, Urgency.RED, Urgency.PASSED]
