"""The transition table of a card: suspension, restoring, revocation, expiry, replacement, loss and departure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from suchang.domain.account.roles import Role
from suchang.domain.lifecycle import rules
from suchang.domain.lifecycle.context import NOBODY, CardContext, CardFacts
from suchang.domain.lifecycle.states import Audience, CardReason
from suchang.domain.lifecycle.states import CardEvent as E
from suchang.domain.lifecycle.states import CardState as S
from suchang.domain.lifecycle.terms import bar_until
from suchang.domain.lifecycle.working_days import Deadline, LimitKind, add_working_days, has_lapsed

SUSPENDS: Final = frozenset(
    {
        CardReason.LOST,
        CardReason.SUSPECTED_FRAUD,
        CardReason.UNDER_REVIEW,
        CardReason.HOLDER_REQUEST,
        CardReason.COMPROMISE,
    }
)
"""The reasons for which a card may be suspended."""

ENDS: Final = frozenset(
    {
        CardReason.FRAUD,
        CardReason.MISTAKE,
        CardReason.NO_LONGER_QUALIFIES,
        CardReason.COMPROMISE,
        CardReason.DEATH,
        CardReason.DEPARTED,
        CardReason.HOLDER_REQUEST,
        CardReason.LOST,
    }
)
"""The reasons for which a card may be revoked."""


REISSUES: Final = frozenset({CardReason.LOST, CardReason.DAMAGED})
"""The reasons for which a card's place is taken by another of the same approval."""

CardGuard = rules.Guard[CardContext]
CardRoute = rules.Route[CardContext]
CardRule = rules.Rule[S, E, CardContext, CardFacts]

NOT_OWN_CARD: Final = CardGuard(
    "party_to_case",
    "您或您所代理的人是持卡人本人,不能办理。",
    "You, or the person you stand in for, hold this card.",
    lambda c: not c.actor.is_officer or c.card.holder not in c.actor.people,
)
OWN_CARD: Final = CardGuard(
    "not_own_card",
    "持卡人只能办理本人的人才卡。",
    "Holders can do this for their own card only.",
    lambda c: c.actor.role is not Role.HOLDER or c.actor.person == c.card.holder,
)
WRITTEN: Final = CardGuard(
    "reason_required",
    "请写明理由。",
    "Please give the reason in writing.",
    lambda c: c.actor.role is Role.SYSTEM or bool(c.reason.strip()),
)
MAY_SUSPEND: Final = CardGuard(
    "reason_code_wrong",
    "该原因不能用于暂停。",
    "This isn't a reason for a suspension.",
    lambda c: c.because in SUSPENDS,
)
MAY_END: Final = CardGuard(
    "reason_code_wrong", "该原因不能用于吊销。", "This isn't a reason for a revocation.", lambda c: c.because in ENDS
)
RESTORED_BY_OTHER: Final = CardGuard(
    "four_eyes",
    "暂停与恢复须由不同的人办理。",
    "Whoever suspended a card can't restore it.",
    lambda c: not (c.actor.people & c.card.suspended_by),
)
NOT_DEPARTED: Final = CardGuard(
    "departed",
    "持卡人已离职,须先由新单位确认。",
    "The holder has left the employer; a new employer must confirm first.",
    lambda c: c.card.move_deadline is None,
)
HAS_DEPARTED: Final = CardGuard(
    "not_departed", "没有离职记录。", "No departure is on file.", lambda c: c.card.move_deadline is not None
)
NOT_DEPARTED_YET: Final = CardGuard(
    "already_departed", "离职已登记。", "The departure is already on file.", lambda c: c.card.move_deadline is None
)
NEW_EMPLOYER: Final = CardGuard(
    "employer_required",
    "须由新用人单位确认劳动关系。",
    "The new employer must confirm the employment.",
    lambda c: c.employer_confirmed,
)
NOT_REVIEWED_ELSEWHERE: Final = CardGuard(
    "under_review",
    "本卡正在重新审核,须待新的决定。",
    "This card is being reviewed again and waits for the new decision.",
    lambda c: c.card.reason is not CardReason.UNDER_REVIEW,
)
MAY_REISSUE: Final = CardGuard(
    "reason_code_wrong",
    "补换卡的原因只能是遗失或损坏。",
    "A card is replaced because it is lost or damaged.",
    lambda c: c.because in REISSUES,
)
NOT_HELD_BACK: Final = CardGuard(
    "card_held_back",
    "本卡因其他原因暂停,恢复之前不能补换。",
    "This card is suspended for another reason and can't be replaced before it is restored.",
    lambda c: c.card.reason in (None, CardReason.LOST),
)
STILL_VALID: Final = CardGuard(
    "expired", "人才卡已到期。", "The card has expired.", lambda c: c.today <= c.card.valid_until
)
PAST_END: Final = CardGuard(
    "not_expired", "人才卡尚未到期。", "The card hasn't expired.", lambda c: c.today > c.card.valid_until
)
MOVE_TIME_OVER: Final = CardGuard(
    "limit_not_passed",
    "转移期限未满,或所涉年度的工作日历尚未公布。",
    "The time to move hasn't passed, or it reaches into a year whose calendar isn't published.",
    lambda c: c.card.move_deadline is not None and has_lapsed(c.card.move_deadline, c.today),
)


def _suspend(c: CardContext) -> CardFacts:
    return replace(c.card, reason=c.because, suspended_by=c.actor.people)


def _lose(c: CardContext) -> CardFacts:
    return replace(c.card, reason=CardReason.LOST, suspended_by=NOBODY)


def _restore(c: CardContext) -> CardFacts:
    return replace(c.card, reason=None, suspended_by=NOBODY)


def _end(c: CardContext) -> CardFacts:
    bar = bar_until(c.today, c.limits) if c.because is CardReason.FRAUD else c.card.barred_until
    return replace(c.card, reason=c.because, barred_until=bar)


def _ends_because(reason: CardReason) -> Callable[[CardContext], CardFacts]:
    return lambda c: replace(c.card, reason=reason)


def _replace(c: CardContext) -> CardFacts:
    return replace(c.card, reason=c.because or CardReason.REPLACED)


def _move_deadline(c: CardContext) -> Deadline:
    due, provisional = add_working_days(c.today, c.limits.move_after_departure, c.days)
    return Deadline(LimitKind.EMPLOYER, c.today, due, provisional)


def _depart(c: CardContext) -> CardFacts:
    return replace(c.card, reason=CardReason.DEPARTED, suspended_by=NOBODY, move_deadline=_move_deadline(c))


def _depart_suspended(c: CardContext) -> CardFacts:
    return replace(c.card, move_deadline=_move_deadline(c))


def _move(c: CardContext) -> CardFacts:
    return replace(c.card, reason=None, move_deadline=None)


def _move_suspended(c: CardContext) -> CardFacts:
    return replace(c.card, move_deadline=None)


_DEPARTED_ONLY = CardRoute("departure was the reason", lambda c: c.card.reason is CardReason.DEPARTED)
_OTHER_REASON = CardRoute("suspended for more", lambda c: c.card.reason is not CardReason.DEPARTED)
_OFFICERS = frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR})
_SYSTEM = frozenset({Role.SYSTEM})
_APPROVER = frozenset({Role.APPROVER})
_LOSS = frozenset({Role.HOLDER, Role.SPECIALIST}) | _OFFICERS
_DEPARTURE = frozenset({Role.EMPLOYER, Role.HOLDER}) | _OFFICERS
_LIVE = (S.ACTIVE, S.SUSPENDED)
_MOVES = (NOT_OWN_CARD, WRITTEN, HAS_DEPARTED, NEW_EMPLOYER, STILL_VALID)


def _line(
    event: E, sources: tuple[S, ...], target: S, who: frozenset[Role], guards: tuple[CardGuard, ...] = (),
    effect: Callable[[CardContext], CardFacts] = rules.unchanged, route: CardRoute | None = None,
) -> CardRule:  # fmt: skip
    """Write a line of the table; the holder is told of each."""
    return CardRule(event, sources, target, who, guards, effect, route, (Audience.APPLICANT,))


CARD_RULES: Final[tuple[CardRule, ...]] = (
    _line(E.SUSPEND, (S.ACTIVE,), S.SUSPENDED, _OFFICERS | _SYSTEM, (NOT_OWN_CARD, MAY_SUSPEND, WRITTEN), _suspend),
    _line(E.REPORT_LOST, (S.ACTIVE,), S.SUSPENDED, _LOSS, (OWN_CARD,), _lose),
    _line(E.RESTORE, (S.SUSPENDED,), S.ACTIVE, _APPROVER,
          (NOT_OWN_CARD, WRITTEN, RESTORED_BY_OTHER, NOT_DEPARTED, NOT_REVIEWED_ELSEWHERE, STILL_VALID), _restore),
    _line(E.REVOKE, _LIVE, S.REVOKED, _APPROVER | _SYSTEM, (NOT_OWN_CARD, MAY_END, WRITTEN), _end),
    _line(E.EXPIRE, _LIVE, S.EXPIRED, _SYSTEM, (PAST_END,), _ends_because(CardReason.EXPIRED)),
    _line(E.REPLACE, _LIVE, S.REPLACED, _SYSTEM, (), _replace),
    _line(E.REISSUE, _LIVE, S.REPLACED, frozenset({Role.HOLDER}) | _OFFICERS,
          (OWN_CARD, NOT_OWN_CARD, MAY_REISSUE, WRITTEN, NOT_DEPARTED, NOT_HELD_BACK, RESTORED_BY_OTHER, STILL_VALID),
          _replace),
    _line(E.FILE_DEPARTURE, (S.ACTIVE,), S.SUSPENDED, _DEPARTURE, (OWN_CARD, NOT_DEPARTED_YET), _depart),
    _line(E.FILE_DEPARTURE, (S.SUSPENDED,), S.SUSPENDED, _DEPARTURE, (OWN_CARD, NOT_DEPARTED_YET),
          _depart_suspended),
    _line(E.MOVE_EMPLOYER, (S.SUSPENDED,), S.ACTIVE, _APPROVER, _MOVES, _move, _DEPARTED_ONLY),
    _line(E.MOVE_EMPLOYER, (S.SUSPENDED,), S.SUSPENDED, _APPROVER, _MOVES, _move_suspended, _OTHER_REASON),
    _line(E.END_AFTER_DEPARTURE, (S.SUSPENDED,), S.REVOKED, _SYSTEM, (MOVE_TIME_OVER,),
          _ends_because(CardReason.DEPARTED)),
)  # fmt: skip
"""Every line of the card's table."""
