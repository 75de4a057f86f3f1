"""Time limits in working days: count, pause, resume, and turn red before they are passed.

Which days are working days is published by the State Council for one year at a time, each autumn, so it comes in
through the :class:`WorkingDays` protocol. A limit that reaches into a year whose calendar isn't published yet is
*provisional*: it is shown as such, may move later (never earlier) when the calendar appears, and nobody loses a right
by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol

RED_WITHIN: Final = 2
"""A limit turns red when this many working days or fewer are left (assumption)."""


class WorkingDays(Protocol):
    """The calendar of working days in mainland China."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open; for an unpublished year, by the best rule that is known."""

    def is_published(self, day: date) -> bool:
        """Tell whether the official calendar of this day's year is known."""


class Weekdays:
    """Take Monday to Friday for working days: for reasoning and tests where the published calendar doesn't matter."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether the day is Monday to Friday."""
        return day.weekday() < 5

    def is_published(self, day: date) -> bool:  # noqa: ARG002 - the protocol's signature
        """Every year is known to this calendar."""
        return True


class LimitKind(StrEnum):
    """What a running time limit is for."""

    EMPLOYER = "employer_confirmation"
    CLAIM = "claim"
    REVIEW = "review"
    SUPPLEMENT = "supplement"
    NOTICE = "public_notice"
    OBJECTION = "objection"
    DECISION = "decision"
    SECOND = "second_decision"
    ISSUE = "issue"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The length of every time limit in working days, and the other numbers of the lifecycle.

    All of them are assumptions: the two policy documents give none. They are settings, not law.
    """

    employer_confirmation: int = 10
    claim: int = 3
    review: int = 10
    supplement: int = 15
    public_notice: int = 5
    objection: int = 10
    decision: int = 5
    second_decision: int = 3
    issue: int = 3
    appeal: int = 30
    supplements_per_round: int = 1
    appeals_per_application: int = 1
    renewal_window_days: int = 60
    fraud_bar_years: int = 5
    move_after_departure: int = 60

    def days(self, kind: LimitKind) -> int:
        """Return the working days of one kind of limit."""
        return int(getattr(self, kind.value))


@dataclass(frozen=True, slots=True)
class Deadline:
    """One running or paused time limit.

    ``due`` is the last day, in Asia/Shanghai, on which the step is still in time. While ``remaining`` is a number the
    limit is paused with that many working days left, and ``due`` is the day that it had.
    """

    kind: LimitKind
    started: date
    due: date
    provisional: bool = False
    remaining: int | None = None

    @property
    def paused(self) -> bool:
        """Tell whether the clock is standing still."""
        return self.remaining is not None


class Urgency(StrEnum):
    """How a deadline looks in the queue."""

    PAUSED = "paused"
    CALM = "calm"
    RED = "red"
    PASSED = "passed"


def add_working_days(start: date, count: int, calendar: WorkingDays) -> tuple[date, bool]:
    """Return the ``count``-th working day after a day, and whether an unpublished calendar was used on the way.

    The day of the cause isn't counted (Civil Code, article 201). Zero gives the day itself.
    """
    day, provisional, left = start, False, count
    while left > 0:
        day += timedelta(days=1)
        provisional = provisional or not calendar.is_published(day)
        if calendar.is_working_day(day):
            left -= 1
    return day, provisional


def working_days_between(today: date, due: date, calendar: WorkingDays) -> int:
    """Count the working days after ``today`` up to and including ``due``; 0 when it is today or past."""
    span = (due - today).days
    return sum(calendar.is_working_day(today + timedelta(days=step)) for step in range(1, span + 1))


def start(kind: LimitKind, today: date, limits: Limits, calendar: WorkingDays) -> Deadline:
    """Start a time limit today."""
    due, provisional = add_working_days(today, limits.days(kind), calendar)
    return Deadline(kind, today, due, provisional)


def pause(deadline: Deadline, today: date, calendar: WorkingDays) -> Deadline:
    """Stop the clock, keeping the working days that are left; a passed limit keeps none."""
    if deadline.paused:
        return deadline
    return replace(deadline, remaining=working_days_between(today, deadline.due, calendar))


def resume(deadline: Deadline, today: date, calendar: WorkingDays) -> Deadline:
    """Let the clock run again from today; the new last day is never before the old one."""
    if deadline.remaining is None:
        return deadline
    due, provisional = add_working_days(today, deadline.remaining, calendar)
    later = max(due, deadline.due)
    return replace(deadline, due=later, provisional=provisional or deadline.provisional, remaining=None)


def recalculate(deadline: Deadline, limits: Limits, calendar: WorkingDays) -> Deadline:
    """Settle a provisional, running deadline once the calendar is published: it moves later or stays, never earlier."""
    if not deadline.provisional or deadline.paused:
        return deadline
    due, provisional = add_working_days(deadline.started, limits.days(deadline.kind), calendar)
    return replace(deadline, due=max(due, deadline.due), provisional=provisional)


def urgency(deadline: Deadline, today: date, calendar: WorkingDays) -> Urgency:
    """Tell how pressing a deadline is; red comes before passed."""
    if deadline.paused:
        return Urgency.PAUSED
    if today > deadline.due:
        return Urgency.PASSED
    left = working_days_between(today, deadline.due, calendar)
    return Urgency.RED if left <= RED_WITHIN else Urgency.CALM


def has_lapsed(deadline: Deadline, today: date) -> bool:
    """Tell whether a person has lost a right by this limit: only past a day that is certain."""
    return not deadline.paused and not deadline.provisional and today > deadline.due
