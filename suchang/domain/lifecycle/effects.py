"""What an event does to the facts of an application: pure functions from a context to the new facts."""

from __future__ import annotations

from dataclasses import replace

from suchang.domain.lifecycle.context import NOBODY, CaseFacts, Context
from suchang.domain.lifecycle.states import Outcome
from suchang.domain.lifecycle.working_days import Deadline, LimitKind, pause, resume, start


def begin(c: Context, kind: LimitKind) -> Deadline:
    """Start a limit on the day of the act."""
    return start(kind, c.today, c.limits, c.days)


def limit(kind: LimitKind) -> _Limit:
    """Only start a time limit."""
    return _Limit(kind)


class _Limit:
    def __init__(self, kind: LimitKind) -> None:
        self.kind = kind

    def __call__(self, c: Context) -> CaseFacts:
        return replace(c.case, deadline=begin(c, self.kind))


def stop(c: Context) -> CaseFacts:
    """End the running limit."""
    return replace(c.case, deadline=None, review_deadline=None)


def confirm_employment(c: Context) -> CaseFacts:
    """Remember who confirmed for the employer, and let the claim limit run."""
    return replace(c.case, confirmed_by=c.actor.person, deadline=begin(c, LimitKind.CLAIM))


def claim(c: Context) -> CaseFacts:
    """Return the case to the claimant; a review limit that already runs goes on, releasing a case wins no time."""
    running = c.case.review_deadline or begin(c, LimitKind.REVIEW)
    return replace(c.case, claimed_by=c.actor.person, deadline=running, review_deadline=None)


def release(c: Context) -> CaseFacts:
    """Put the case back into the queue with its review limit running on."""
    return replace(c.case, claimed_by=None, review_deadline=c.case.deadline)


def hand_over(c: Context) -> CaseFacts:
    """Return the case to the assignee."""
    return replace(c.case, claimed_by=c.assignee)


def request_supplement(c: Context) -> CaseFacts:
    """Name the missing documents, pause the review and give the applicant their time."""
    paused = None if c.case.deadline is None else pause(c.case.deadline, c.today, c.days)
    return replace(
        c.case,
        missing=c.documents,
        supplements=c.case.supplements + 1,
        reviewers=c.case.reviewers | c.actor.people,
        review_deadline=paused,
        deadline=begin(c, LimitKind.SUPPLEMENT),
    )


def supply(c: Context) -> CaseFacts:
    """Let the review go on where it stood."""
    running = begin(c, LimitKind.REVIEW)
    if c.case.review_deadline is not None:
        running = resume(c.case.review_deadline, c.today, c.days)
    return replace(c.case, missing=frozenset(), deadline=running, review_deadline=None)


def recommend(c: Context) -> CaseFacts:
    """Keep the reviewer and the way of the recommendation."""
    return replace(
        c.case,
        reviewers=c.case.reviewers | c.actor.people,
        recommendation=c.outcome,
        deadline=begin(c, LimitKind.DECISION),
    )


def send_back(c: Context) -> CaseFacts:
    """Undo the recommendation and any notice that was made of it."""
    return replace(
        c.case,
        attempt=c.case.attempt + 1,
        deciders=c.case.deciders | c.actor.people,
        recommendation=None,
        notice_ends=None,
        notice_tier=None,
        deadline=begin(c, LimitKind.REVIEW),
    )


def publish_notice(c: Context) -> CaseFacts:
    """Keep the tier that the notice names and set its last day; a decision is possible from the day after."""
    notice = begin(c, LimitKind.NOTICE)
    return replace(
        c.case,
        deciders=c.case.deciders | c.actor.people,
        notice_ends=notice.due,
        notice_tier=c.grant,
        deadline=notice,
    )


def object_(c: Context) -> CaseFacts:
    """Count one more open objection."""
    return replace(c.case, open_objections=c.case.open_objections + 1, deadline=begin(c, LimitKind.OBJECTION))


def dismiss_objection(c: Context) -> CaseFacts:
    """Close one objection; when none is left the decision's limit runs, not ending before the notice does."""
    left = c.case.open_objections - 1
    deadline = begin(c, LimitKind.OBJECTION if left else LimitKind.DECISION)
    if not left and c.case.notice_ends is not None:
        deadline = replace(deadline, due=max(deadline.due, c.case.notice_ends))
    return replace(c.case, open_objections=left, deciders=c.case.deciders | c.actor.people, deadline=deadline)


def new_round(c: Context) -> CaseFacts:
    """Begin again with other people: everybody who handled the case so far counts as earlier from now on."""
    case = c.case
    acted = c.actor.people if c.actor.is_officer else NOBODY
    return replace(
        case,
        round=case.round + 1,
        attempt=1,
        earlier=case.earlier | case.reviewers | case.deciders | case.reopen_proposed_by | acted,
        reviewers=NOBODY,
        deciders=NOBODY,
        claimed_by=None,
        recommendation=None,
        proposed=None,
        proposed_tier=None,
        proposed_by=NOBODY,
        tier=None,
        missing=frozenset(),
        supplements=0,
        open_objections=0,
        notice_ends=None,
        notice_tier=None,
        reopen_proposed_by=NOBODY,
        review_deadline=None,
        deadline=begin(c, LimitKind.CLAIM),
    )


def appeal(c: Context) -> CaseFacts:
    """Begin a new round and count the appeal."""
    return replace(new_round(c), appeals=c.case.appeals + 1)


def reopen_issued(c: Context) -> CaseFacts:
    """Begin a new round whose card, if there is one, takes the place of the one issued."""
    return replace(new_round(c), reopened=True, replaces_card=True)


def approve(c: Context) -> CaseFacts:
    """Keep the tier and who decided."""
    return _approved(c, c.grant)


def reject(c: Context) -> CaseFacts:
    """Keep who decided, and open the time for an appeal."""
    return _rejected(c)


def propose(outcome: Outcome) -> _Propose:
    """Keep a decision against the determination until a second approver has seen it."""
    return _Propose(outcome)


class _Propose:
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def __call__(self, c: Context) -> CaseFacts:
        return replace(
            c.case,
            proposed=self.outcome,
            proposed_tier=c.grant if self.outcome is Outcome.APPROVE else None,
            proposed_by=c.actor.people,
            deciders=c.case.deciders | c.actor.people,
            deadline=begin(c, LimitKind.SECOND),
        )


def confirm_approval(c: Context) -> CaseFacts:
    """Turn the proposal into an approval."""
    return _approved(c, c.case.proposed_tier)


def confirm_rejection(c: Context) -> CaseFacts:
    """Turn the proposal into a rejection."""
    return _rejected(c)


def decline_decision(c: Context) -> CaseFacts:
    """Drop the proposal."""
    return replace(
        c.case,
        attempt=c.case.attempt + 1,
        proposed=None,
        proposed_tier=None,
        proposed_by=NOBODY,
        deciders=c.case.deciders | c.actor.people,
        deadline=begin(c, LimitKind.DECISION),
    )


def issue(c: Context) -> CaseFacts:
    """End the limits; there is a live card now."""
    return replace(stop(c), has_live_card=True, reopened=False)


def propose_reopen(c: Context) -> CaseFacts:
    """Remember who proposed to reopen."""
    return replace(c.case, reopen_proposed_by=c.actor.people)


def _approved(c: Context, tier: str | None) -> CaseFacts:
    return replace(
        c.case,
        tier=tier,
        deciders=c.case.deciders | c.actor.people,
        proposed=None,
        proposed_tier=None,
        deadline=begin(c, LimitKind.ISSUE),
    )


def _rejected(c: Context) -> CaseFacts:
    # A reopened card was suspended for this decision and ends with it, so it no longer stands in a new card's way.
    ended = c.case.reopened
    return replace(
        c.case,
        tier=None,
        deciders=c.case.deciders | c.actor.people,
        proposed=None,
        proposed_tier=None,
        reopened=False,
        replaces_card=c.case.replaces_card and not ended,
        has_live_card=c.case.has_live_card and not ended,
        deadline=begin(c, LimitKind.APPEAL),
    )
