"""The transition table of an application: who may do what, when, under which conditions, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from suchang.domain.account.roles import Role
from suchang.domain.lifecycle import effects as do
from suchang.domain.lifecycle import guards as g
from suchang.domain.lifecycle import rules
from suchang.domain.lifecycle.context import CaseFacts, Context
from suchang.domain.lifecycle.states import ApplicationEvent as E
from suchang.domain.lifecycle.states import ApplicationState as S
from suchang.domain.lifecycle.states import Audience, CardEvent, CardReason, Outcome
from suchang.domain.lifecycle.working_days import LimitKind

CardFollows = Callable[[Context], tuple[CardEvent, CardReason] | None]
Route = rules.Route[Context]
Rule = rules.Rule[S, E, Context, CaseFacts]

_SELF = frozenset({Role.APPLICANT, Role.HOLDER})
_EMPLOYER = frozenset({Role.EMPLOYER})
_REVIEWER = frozenset({Role.REVIEWER})
_APPROVER = frozenset({Role.APPROVER})
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_SYSTEM = frozenset({Role.SYSTEM})

_OFFICE = (g.NOT_A_PARTY, g.NO_CONFLICT, g.NOT_EARLIER)
_REVIEWS = (*_OFFICE, g.NOT_DECIDER, g.CLAIMANT)
_DECIDES = (*_OFFICE, g.NOT_REVIEWER)
_OVERSEES = (g.NOT_A_PARTY, g.NO_CONFLICT)

BEFORE_APPROVAL: Final = (
    S.DRAFT,
    S.AWAITING_EMPLOYER,
    S.SUBMITTED,
    S.IN_REVIEW,
    S.SUPPLEMENT_REQUESTED,
    S.RECOMMENDED,
    S.PUBLIC_NOTICE,
    S.OBJECTED,
    S.SECOND_DECISION,
    S.APPEALED,
)
"""The states from which an applicant may withdraw."""

FINAL: Final = frozenset({S.WITHDRAWN, S.LAPSED})
"""The states that nothing leaves."""


def _against(c: Context, grant: str | None) -> bool:
    return c.determination is not None and c.determination.tier != grant


def _deviates(c: Context) -> bool:
    return _against(c, c.grant) or bool(c.unchecked)


_EMPLOYER_FIRST = Route("employer confirms", lambda c: c.case.employer_confirms)
_NO_EMPLOYER = Route("no employer needed", lambda c: not c.case.employer_confirms)
_AS_DETERMINED = Route("as determined and checked", lambda c: not _deviates(c))
_AGAINST = Route("against the determination or unchecked", _deviates)
_REJECT_AS_DETERMINED = Route("as determined", lambda c: not _against(c, None))
_REJECT_AGAINST = Route("against the determination", lambda c: _against(c, None))
_PROPOSED_APPROVAL = Route("approval proposed", lambda c: c.case.proposed is Outcome.APPROVE)
_PROPOSED_REJECTION = Route("rejection proposed", lambda c: c.case.proposed is not Outcome.APPROVE)
_LAST_OBJECTION = Route("last objection", lambda c: c.case.open_objections <= 1)
_MORE_OBJECTIONS = Route("more objections", lambda c: c.case.open_objections > 1)


def _ends_reopened(reason: CardReason) -> CardFollows:
    return lambda c: (CardEvent.REVOKE, reason) if c.case.reopened and c.case.has_live_card else None


def _replaces(c: Context) -> tuple[CardEvent, CardReason] | None:
    if not (c.case.replaces_card and c.case.has_live_card):
        return None
    return CardEvent.REPLACE, CardReason.RENEWED if c.case.kind == "renewal" else CardReason.REPLACED


def _suspends(c: Context) -> tuple[CardEvent, CardReason] | None:
    return (CardEvent.SUSPEND, CardReason.UNDER_REVIEW) if c.case.has_live_card else None


_NOT_QUALIFIED = _ends_reopened(CardReason.NO_LONGER_QUALIFIES)
_APPROVAL = (
    *_DECIDES,
    g.DETERMINED,
    g.RECOMMENDED_YES,
    g.NOTICE_DONE,
    g.NOT_BARRED,
    g.ONE_CARD,
    g.TIER_GIVEN,
    g.REASON_IF_AGAINST,
)
_REJECTION = (*_DECIDES, g.DETERMINED, g.REASON, g.RULE)
_SUBMISSION = (g.OWN, g.NOT_BARRED, g.ONE_CARD, g.RENEWAL_OPEN)
_DECIDABLE = (S.RECOMMENDED, S.PUBLIC_NOTICE)
_TOLD = (Audience.APPLICANT,)

RULES: Final[tuple[Rule, ...]] = (
    Rule(E.SUBMIT, (S.DRAFT,), S.AWAITING_EMPLOYER, _SELF, _SUBMISSION, do.limit(LimitKind.EMPLOYER),
         _EMPLOYER_FIRST, (Audience.APPLICANT, Audience.EMPLOYER)),
    Rule(E.SUBMIT, (S.DRAFT,), S.SUBMITTED, _SELF, _SUBMISSION, do.limit(LimitKind.CLAIM),
         _NO_EMPLOYER, (Audience.APPLICANT, Audience.REVIEWERS)),
    Rule(E.CONFIRM_EMPLOYMENT, (S.AWAITING_EMPLOYER,), S.SUBMITTED, _EMPLOYER, (g.CONFIRMER_NOT_APPLICANT,),
         do.confirm_employment, tell=(Audience.APPLICANT, Audience.REVIEWERS)),
    Rule(E.DECLINE_EMPLOYMENT, (S.AWAITING_EMPLOYER,), S.DRAFT, _EMPLOYER, (g.CONFIRMER_NOT_APPLICANT, g.REASON),
         do.stop, tell=_TOLD),
    Rule(E.CLAIM, (S.SUBMITTED, S.APPEALED), S.IN_REVIEW, _REVIEWER, (*_OFFICE, g.NOT_DECIDER), do.claim),
    Rule(E.RELEASE, (S.IN_REVIEW,), S.SUBMITTED, _REVIEWER, (g.CLAIMANT,), do.release, tell=(Audience.REVIEWERS,)),
    Rule(E.HAND_OVER, (S.IN_REVIEW,), S.IN_REVIEW, _REVIEWER | _SUPERVISOR, (g.NOT_A_PARTY, g.ASSIGNEE_FREE),
         do.hand_over, tell=(Audience.REVIEWERS,)),
    Rule(E.REQUEST_SUPPLEMENT, (S.IN_REVIEW,), S.SUPPLEMENT_REQUESTED, _REVIEWER,
         (*_REVIEWS, g.DOCUMENTS_NAMED, g.FIRST_SUPPLEMENT), do.request_supplement, tell=_TOLD),
    Rule(E.SUPPLY, (S.SUPPLEMENT_REQUESTED,), S.IN_REVIEW, _SELF, (g.OWN, g.ALL_SUPPLIED), do.supply,
         tell=(Audience.REVIEWERS,)),
    Rule(E.RECOMMEND, (S.IN_REVIEW,), S.RECOMMENDED, _REVIEWER, (*_REVIEWS, g.OUTCOME_GIVEN, g.REFUSAL_REASONED),
         do.recommend, tell=(Audience.APPROVERS,)),
    Rule(E.SEND_BACK, (S.RECOMMENDED, S.PUBLIC_NOTICE), S.IN_REVIEW, _APPROVER, (*_DECIDES, g.REASON), do.send_back,
         tell=(Audience.REVIEWERS,)),
    Rule(E.PUBLISH_NOTICE, (S.RECOMMENDED,), S.PUBLIC_NOTICE, _APPROVER,
         (*_DECIDES, g.NOTICE_NEEDED, g.RECOMMENDED_YES), do.publish_notice, tell=_TOLD),
    Rule(E.OBJECT, (S.PUBLIC_NOTICE, S.OBJECTED), S.OBJECTED, frozenset({Role.PUBLIC, Role.HOLDER, Role.EMPLOYER}),
         (g.REASON, g.NOTICE_RUNNING), do.object_, tell=(Audience.SUPERVISORS,)),
    Rule(E.DISMISS_OBJECTION, (S.OBJECTED,), S.PUBLIC_NOTICE, _SUPERVISOR, (*_DECIDES, g.REASON),
         do.dismiss_objection, _LAST_OBJECTION, (Audience.APPROVERS,)),
    Rule(E.DISMISS_OBJECTION, (S.OBJECTED,), S.OBJECTED, _SUPERVISOR, (*_DECIDES, g.REASON),
         do.dismiss_objection, _MORE_OBJECTIONS),
    Rule(E.UPHOLD_OBJECTION, (S.OBJECTED,), S.SUBMITTED, _SUPERVISOR, (*_DECIDES, g.REASON), do.new_round,
         tell=(Audience.APPLICANT, Audience.REVIEWERS)),
    Rule(E.APPROVE, _DECIDABLE, S.APPROVED, _APPROVER, _APPROVAL, do.approve, _AS_DETERMINED, _TOLD),
    Rule(E.APPROVE, _DECIDABLE, S.SECOND_DECISION, _APPROVER, _APPROVAL, do.propose(Outcome.APPROVE), _AGAINST,
         (Audience.APPROVERS,)),
    Rule(E.REJECT, _DECIDABLE, S.REJECTED, _APPROVER, _REJECTION, do.reject, _REJECT_AS_DETERMINED, _TOLD,
         _NOT_QUALIFIED),
    Rule(E.REJECT, _DECIDABLE, S.SECOND_DECISION, _APPROVER, _REJECTION, do.propose(Outcome.REJECT), _REJECT_AGAINST,
         (Audience.APPROVERS,)),
    Rule(E.CONFIRM_DECISION, (S.SECOND_DECISION,), S.APPROVED, _APPROVER,
         (*_DECIDES, g.NOT_PROPOSER, g.NOTICE_DONE, g.NOT_BARRED, g.ONE_CARD), do.confirm_approval,
         _PROPOSED_APPROVAL, _TOLD),
    Rule(E.CONFIRM_DECISION, (S.SECOND_DECISION,), S.REJECTED, _APPROVER, (*_DECIDES, g.NOT_PROPOSER),
         do.confirm_rejection, _PROPOSED_REJECTION, _TOLD, _NOT_QUALIFIED),
    Rule(E.DECLINE_DECISION, (S.SECOND_DECISION,), S.RECOMMENDED, _APPROVER, (*_DECIDES, g.NOT_PROPOSER, g.REASON),
         do.decline_decision, tell=(Audience.APPROVERS,)),
    Rule(E.ISSUE, (S.APPROVED,), S.ISSUED, _SYSTEM | _APPROVER,
         (g.NOT_A_PARTY, g.APPROVED_TIER, g.NOT_BARRED, g.ONE_CARD), do.issue,
         tell=(Audience.APPLICANT, Audience.EMPLOYER), card=_replaces),
    Rule(E.APPEAL, (S.REJECTED,), S.APPEALED, _SELF, (g.OWN, g.REASON, g.APPEAL_LEFT, g.APPEAL_IN_TIME), do.appeal,
         tell=(Audience.APPLICANT, Audience.REVIEWERS)),
    Rule(E.WITHDRAW, BEFORE_APPROVAL, S.WITHDRAWN, _SELF, (g.OWN,), do.stop, tell=_TOLD,
         card=_ends_reopened(CardReason.HOLDER_REQUEST)),
    Rule(E.LAPSE, (S.AWAITING_EMPLOYER, S.SUPPLEMENT_REQUESTED), S.LAPSED, _SYSTEM, (g.LIMIT_PASSED,), do.stop,
         tell=_TOLD, card=_NOT_QUALIFIED),
    Rule(E.PROPOSE_REOPEN, (S.APPROVED,), S.APPROVED, _SUPERVISOR | _APPROVER, (*_OVERSEES, g.REASON),
         do.propose_reopen, tell=(Audience.SUPERVISORS,)),
    Rule(E.PROPOSE_REOPEN, (S.ISSUED,), S.ISSUED, _SUPERVISOR | _APPROVER, (*_OVERSEES, g.REASON),
         do.propose_reopen, tell=(Audience.SUPERVISORS,)),
    Rule(E.PROPOSE_REOPEN, (S.REJECTED,), S.REJECTED, _SUPERVISOR | _APPROVER, (*_OVERSEES, g.REASON),
         do.propose_reopen, tell=(Audience.SUPERVISORS,)),
    Rule(E.CONFIRM_REOPEN, (S.ISSUED,), S.SUBMITTED, _SUPERVISOR | _APPROVER,
         (*_OVERSEES, g.REOPEN_PROPOSED, g.REOPEN_BY_SECOND), do.reopen_issued,
         tell=(Audience.APPLICANT, Audience.REVIEWERS), card=_suspends),
    Rule(E.CONFIRM_REOPEN, (S.APPROVED, S.REJECTED), S.SUBMITTED, _SUPERVISOR | _APPROVER,
         (*_OVERSEES, g.REOPEN_PROPOSED, g.REOPEN_BY_SECOND), do.new_round,
         tell=(Audience.APPLICANT, Audience.REVIEWERS)),
)  # fmt: skip
"""Every line of the table."""
