"""An officer on leave hands their queue to a deputy for some days; the deputy acts under their own name, for them.

Nobody gains an office by it: a deputy acts in the offices that both hold, in the cities of the one who is away. From
the day on which it is entered, the two count as one person in every application made before its last day; the
lifecycle asks for that, and so do the constraints of the database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Forbidden, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import Deputation, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import Absent, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

OFFICES = frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR})
"""The offices that can be stood in for: those that handle cases."""

LONGEST = timedelta(days=366)
"""A leave lasts a year at most (assumption)."""


def enter(
    collaborators: Collaborators,
    officer: OfficerActor,
    *,
    deputy_id: str,
    from_day: date,
    until_day: date,
    reason: str = "",
    for_officer: str | None = None,
) -> dict[str, Any]:
    """Name the deputy for one's own leave, or as a supervisor for that of somebody else (``for_officer``).

    Raises Invalid for days that don't work, Conflict when there is a deputy on one of these days already.
    """
    officer.need(*OFFICES)
    now = collaborators.clock()
    _check_days(local_date(now), from_day, until_day)
    with unit_of_work(collaborators.sessions) as session:
        away = _away(session, officer, for_officer)
        deputy = session.get(Officer, deputy_id)
        if deputy is None or not _can_stand_in(deputy, away):
            raise Invalid("Name a colleague who holds the same office for the same city.", code="deputy_not_found")
        if _overlapping(session, away.id, from_day, until_day):
            raise Conflict("There is a deputy on one of these days already; end that one first.", code="deputy_exists")
        row = Deputation(
            id=new_id("dpy"),
            officer_id=away.id,
            officer_index=away.person_index,
            deputy_id=deputy.id,
            deputy_index=deputy.person_index,
            from_day=from_day,
            until_day=until_day,
            reason=reason,
            entered_by=officer.officer_id,
            created_at=now,
        )
        session.add(row)
        audit_rows.record(
            session, now, officer, "deputy_named", "officer", away.id,
            deputation=row.id, deputy=deputy.id, from_day=from_day.isoformat(), until_day=until_day.isoformat(),
        )  # fmt: skip
        return _view(row, away.name, deputy.name, officer, local_date(now))


def _check_days(today: date, from_day: date, until_day: date) -> None:
    if from_day < today or until_day < from_day or until_day - from_day > LONGEST:
        raise Invalid("Name days from today on, the first before the last, a year at most.", code="days_wrong")


def _away(session: Session, officer: OfficerActor, for_officer: str | None) -> Officer:
    """Lock and give the officer who will be away, so that two entries of one leave queue up."""
    away = session.get(Officer, for_officer or officer.officer_id, with_for_update=True)
    other = away is not None and away.id != officer.officer_id
    if away is None or not away.active or (officer.city is not None and away.city != officer.city):
        raise NotFound("There is no such officer.")
    if other and Role.SUPERVISOR not in officer.roles:
        raise Forbidden("A supervisor enters the leave of somebody else.")
    return away


def _can_stand_in(deputy: Officer, away: Officer) -> bool:
    shared = {role.value for role in OFFICES}.intersection(deputy.roles, away.roles)
    same_place = deputy.city is None or deputy.city == away.city
    return deputy.active and deputy.person_index != away.person_index and bool(shared) and same_place


def _overlapping(session: Session, officer_id: str, from_day: date, until_day: date) -> bool:
    found = session.execute(
        select(Deputation.id).where(
            Deputation.officer_id == officer_id,
            Deputation.ended_at.is_(None),
            Deputation.from_day <= until_day,
            Deputation.until_day >= from_day,
        )
    ).first()
    return found is not None


def end(collaborators: Collaborators, officer: OfficerActor, deputation_id: str) -> dict[str, Any]:
    """End a deputation early: by either of its people or by a supervisor of the city; ended twice is ended once."""
    officer.need(*OFFICES)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.execute(
            select(Deputation).where(Deputation.id == deputation_id).with_for_update()
        ).scalar_one_or_none()
        if row is None or not _may_see(session, officer, row):
            raise NotFound("There is no such deputation.")
        if row.ended_at is None:
            row.ended_at, row.ended_by = now, officer.officer_id
            audit_rows.record(session, now, officer, "deputy_ended", "officer", row.officer_id, deputation=row.id)
        names = [session.get_one(Officer, one).name for one in (row.officer_id, row.deputy_id)]
        return _view(row, names[0], names[1], officer, local_date(now))


def _may_see(session: Session, officer: OfficerActor, row: Deputation) -> bool:
    if officer.officer_id in (row.officer_id, row.deputy_id):
        return True
    city = session.get_one(Officer, row.officer_id).city
    return Role.SUPERVISOR in officer.roles and (officer.city is None or city == officer.city)


def overview(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the deputations that concern this officer, the latest first; for a supervisor those of the city."""
    officer.need(*OFFICES)
    away, deputy = aliased(Officer), aliased(Officer)
    mine: ColumnElement[bool] = or_(
        Deputation.officer_id == officer.officer_id, Deputation.deputy_id == officer.officer_id
    )
    if Role.SUPERVISOR in officer.roles:
        mine = or_(mine, away.city == officer.city) if officer.city is not None else mine | away.id.is_not(None)
    query = (
        select(Deputation, away.name, deputy.name)
        .join(away, away.id == Deputation.officer_id)
        .join(deputy, deputy.id == Deputation.deputy_id)
        .where(mine)
        .order_by(Deputation.from_day.desc(), Deputation.id)
        .limit(200)
    )
    today = local_date(collaborators.clock())
    with unit_of_work(collaborators.sessions) as session:
        return [_view(row, one, other, officer, today) for row, one, other in session.execute(query)]


def _view(row: Deputation, away: str, deputy: str, officer: OfficerActor, today: date) -> dict[str, Any]:
    running = row.from_day <= today <= row.until_day
    state = "ended" if row.ended_at is not None or row.until_day < today else "running" if running else "planned"
    return {
        "id": row.id,
        "officer": {"id": row.officer_id, "name": away},
        "deputy": {"id": row.deputy_id, "name": deputy},
        "from_day": row.from_day.isoformat(),
        "until_day": row.until_day.isoformat(),
        "reason": row.reason,
        "state": state,
        "for_me": row.deputy_id == officer.officer_id,
    }


def colleagues(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the officers who handle cases in this officer's cities, to hand a case or a queue to."""
    officer.need(*OFFICES)
    query = select(Officer).where(Officer.active)
    if officer.city is not None:
        query = query.where(or_(Officer.city == officer.city, Officer.city.is_(None)))
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(Officer.name, Officer.id)).scalars()
        return [
            {"id": one.id, "name": one.name, "roles": sorted(one.roles), "city": one.city}
            for one in rows
            if one.person_index != officer.person_index and OFFICES.intersection(one.roles)
        ]


def chances(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, str]]:
    """List for whom this officer can act today."""
    today = local_date(collaborators.clock())
    query = (
        select(Officer.id, Officer.name)
        .join(Deputation, Deputation.officer_id == Officer.id)
        .where(Deputation.deputy_id == officer.officer_id, _on(today))
        .order_by(Officer.name, Officer.id)
    )
    with unit_of_work(collaborators.sessions) as session:
        return [{"id": one, "name": name} for one, name in session.execute(query)]


def _on(today: date) -> ColumnElement[bool]:
    return and_(Deputation.ended_at.is_(None), Deputation.from_day <= today, Deputation.until_day >= today)


def acting_for(collaborators: Collaborators, officer: OfficerActor, officer_id: str) -> OfficerActor:
    """Return the actor of a deputy who acts for somebody on leave today.

    In the offices that both hold and in the cities of the one who is away. Raises Forbidden when nobody has made this
    officer their deputy for today.
    """
    today = local_date(collaborators.clock())
    with unit_of_work(collaborators.sessions) as session:
        found = session.execute(
            select(Officer)
            .join(Deputation, Deputation.officer_id == Officer.id)
            .where(Officer.id == officer_id, Deputation.deputy_id == officer.officer_id, _on(today))
        ).scalar_one_or_none()
        if found is None:
            raise Forbidden("You are nobody's deputy there today.", code="not_deputy")
        absent = Absent(found.id, found.person_index, found.name)
        roles = OFFICES.intersection(officer.roles, (Role(one) for one in found.roles))
        return replace(officer, acts_for=absent, roles=roles, city=found.city)
