"""What happens by itself when time has passed: limits lapse, cards expire, departures end, provisional days settle.

Each thing has its own transaction and is asked of the table again under its lock, so that the runs may overlap, be
killed or be repeated: each takes effect once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, CardEvent, CardReason
from suchang.domain.lifecycle.working_days import Deadline, recalculate
from suchang.persistence.models import Application, Card
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.lifecycle_facts import to_json
from suchang.workflows.application.transitions import SYSTEM_OFFICE, facts_of, move
from suchang.workflows.card import cards
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

log = structlog.get_logger()
LAPSING = (ApplicationState.AWAITING_EMPLOYER.value, ApplicationState.SUPPLEMENT_REQUESTED.value)
LIVE = ("active", "suspended")
Each = Callable[[Session, str], bool]


def run_all(collaborators: Collaborators) -> dict[str, int]:
    """Do everything that is due; give how many of each were done."""
    return {
        "settled": settle_provisional(collaborators),
        "lapsed": lapse_applications(collaborators),
        "expired": expire_cards(collaborators),
        "ended": end_departed(collaborators),
    }


def _one_by_one(collaborators: Collaborators, ids: list[str], each: Each) -> int:
    done = 0
    for one in ids:
        try:
            with unit_of_work(collaborators.sessions) as session:
                done += each(session, one)
        except DomainError as error:
            # The table refuses: somebody was quicker, or the limit isn't certain yet. The next run asks again.
            log.info("timer refused", code=error.code)
    return done


def _ids(collaborators: Collaborators, query: object) -> list[str]:
    with unit_of_work(collaborators.sessions) as session:
        return list(session.execute(query).scalars())  # type: ignore[call-overload]


def _application(session: Session, application_id: str) -> Application | None:
    return session.execute(
        select(Application).where(Application.id == application_id).with_for_update(skip_locked=True)
    ).scalar_one_or_none()


def _card(session: Session, card_id: str) -> Card | None:
    return session.execute(
        select(Card).where(Card.id == card_id, Card.state.in_(LIVE)).with_for_update(skip_locked=True)
    ).scalar_one_or_none()


def lapse_applications(collaborators: Collaborators) -> int:
    """End applications whose applicant or employer has let a certain limit pass."""
    now = collaborators.clock()
    due = select(Application.id).where(Application.state.in_(LAPSING), Application.due_on < local_date(now))

    def lapse(session: Session, application_id: str) -> bool:
        row = _application(session, application_id)
        if row is None or row.state not in LAPSING:
            return False
        move(collaborators, session, now, row, ApplicationEvent.LAPSE, by=SYSTEM_OFFICE, actor=SYSTEM)
        return True

    return _one_by_one(collaborators, _ids(collaborators, due), lapse)


def expire_cards(collaborators: Collaborators) -> int:
    """End cards whose last day is over."""
    today = local_date(collaborators.clock())
    due = select(Card.id).where(Card.state.in_(LIVE), Card.valid_until < today)
    return _one_by_one(
        collaborators, _ids(collaborators, due), _end(collaborators, CardEvent.EXPIRE, CardReason.EXPIRED)
    )


def end_departed(collaborators: Collaborators) -> int:
    """End cards whose holder found no new employer in time."""
    today = local_date(collaborators.clock()).isoformat()
    due = select(Card.id).where(Card.state == "suspended", Card.facts["move_deadline"]["due"].astext < today)
    return _one_by_one(
        collaborators, _ids(collaborators, due), _end(collaborators, CardEvent.END_AFTER_DEPARTURE, CardReason.DEPARTED)
    )


def _end(collaborators: Collaborators, event: CardEvent, because: CardReason) -> Each:
    now = collaborators.clock()

    def end(session: Session, card_id: str) -> bool:
        card = _card(session, card_id)
        if card is None:
            return False
        by = SYSTEM_OFFICE
        cards.move_card(
            collaborators, session, card, event, now, by=by, actor=SYSTEM, because=because, reason=event.value
        )
        return True

    return end


def settle_provisional(collaborators: Collaborators) -> int:
    """Give certain days to limits that were counted before the official calendar was published."""
    due = select(Application.id).where(Application.case["deadline"]["provisional"].astext == "true")

    def settle(session: Session, application_id: str) -> bool:
        row = _application(session, application_id)
        if row is None:
            return False
        facts = facts_of(row)
        old: Deadline | None = facts.deadline
        if old is None:
            return False
        new = recalculate(old, collaborators.limits, collaborators.working_days)
        if new == old:
            return False
        row.case = to_json(replace(facts, deadline=new))
        row.due_on = new.due if not new.paused else None
        return True

    return _one_by_one(collaborators, _ids(collaborators, due), settle)
