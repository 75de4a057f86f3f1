"""Approve several straightforward cases at one sitting: each by itself, under the same rules, with its own audit row.

Straightforward means: recommended, nothing stands in this officer's way, and the engine determined a tier, which is
granted. The lifecycle's table says so for each case before anything is offered, and again when it is done.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, DomainError, Invalid
from suchang.domain.lifecycle import (
    ApplicationEvent,
    ApplicationState,
    Context,
    Determined,
    Outcome,
    Refusal,
    advance,
)
from suchang.domain.people.identity import mask_name
from suchang.persistence.models import Application, DeterminationRecord, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application import determine
from suchang.workflows.application.applications import determination_view
from suchang.workflows.application.fact_checks import unchecked
from suchang.workflows.application.notice_tiers import notice_tiers
from suchang.workflows.application.transitions import as_office, fresh_facts, load_in_scope, with_ties
from suchang.workflows.casework import decision
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

AT_ONCE = 50
SHOWN = 200
DECIDABLE = (ApplicationState.RECOMMENDED.value, ApplicationState.PUBLIC_NOTICE.value)
_REFUSED_BY_DATABASE = {
    "SC001": "four_eyes",
    "SC002": "not_approved",
    "SC003": "notice_not_over",
    "SC004": "facts_unchecked",
    "23505": "changed_meanwhile",
}


def candidates(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the cases that wait for an approver, most urgent first, and for each whether it is straightforward.

    ``refused`` and ``detail`` say why one isn't: the officer reviewed it, a notice still runs, no tier was determined.
    Straightforward cases of one tier and one rule are identical for this purpose.
    """
    officer.need(Role.APPROVER)
    query = select(Application, Person).join(Person, Person.id == Application.person_id)
    query = query.where(Application.state.in_(DECIDABLE))
    if officer.city is not None:
        query = query.where(Application.city == officer.city)
    order = (Application.due_on.asc().nulls_last(), Application.id)
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(*order).limit(SHOWN)).all()
        return [_candidate(collaborators, session, officer, application, person) for application, person in rows]


def _candidate(
    collaborators: Collaborators, session: Session, officer: OfficerActor, application: Application, person: Person
) -> dict[str, Any]:
    found = determine.latest(session, application.id)
    refusal = _in_the_way(collaborators, session, officer, application, found)
    shown = determination_view(found)
    return {
        "id": application.id,
        "name": mask_name(person.name),
        "city": application.city,
        "state": application.state,
        "due_on": application.due_on.isoformat() if application.due_on else None,
        "version": application.version,
        "tier": found.tier if found is not None else None,
        "rule": shown["result"].get("rule") if shown is not None else None,
        "refused": refusal.code if refusal is not None else None,
        "detail": {"zh": refusal.zh, "en": refusal.en} if refusal is not None else None,
    }


def _in_the_way(
    collaborators: Collaborators,
    session: Session,
    officer: OfficerActor,
    application: Application,
    found: DeterminationRecord | None,
) -> Refusal | None:
    if found is None or found.tier is None:
        return Refusal(
            "not_straightforward", "没有认定出类别,请单独办理。", "No tier was determined; decide it by itself."
        )
    today = local_date(collaborators.clock())
    context = Context(
        case=fresh_facts(session, application),
        actor=with_ties(session, as_office(officer, Role.APPROVER), application.created_at),
        moment=collaborators.clock(),
        days=collaborators.working_days,
        limits=collaborators.limits,
        notice_tiers=notice_tiers(session),
        reason="-",
        outcome=Outcome.APPROVE,
        grant=found.tier,
        determination=Determined(found.tier),
        unchecked=frozenset(unchecked(session, application.id, found.id, found.tier, today)),
    )
    answer = advance(ApplicationState(application.state), ApplicationEvent.APPROVE, context)
    if isinstance(answer, Refusal):
        return answer
    if context.unchecked:
        return Refusal(
            "facts_unchecked",
            "该类别所依据的事实尚未全部核对,请单独办理。",
            "Facts that this tier rests on are unchecked; decide it by itself.",
        )
    return None


def approve(
    collaborators: Collaborators, officer: OfficerActor, items: list[tuple[str, int]], *, reason: str
) -> list[dict[str, Any]]:
    """Approve several straightforward cases, each in a transaction of its own and each with its own audit row.

    ``items`` are ids with the version that the officer saw. What can't be approved is left alone, and said.
    """
    officer.need(Role.APPROVER)
    if len(items) > AT_ONCE:
        raise Invalid(f"Approve at most {AT_ONCE} cases at once.", code="too_many")
    return [_approve_one(collaborators, officer, one, version, reason) for one, version in items]


def _approve_one(
    collaborators: Collaborators, officer: OfficerActor, application_id: str, version: int, reason: str
) -> dict[str, Any]:
    try:
        tier = _tier_of(collaborators, officer, application_id)
        view = decision.decide(
            collaborators,
            officer,
            application_id,
            outcome=Outcome.APPROVE,
            reason=reason,
            tier=tier,
            version=version,
            only_as_determined=True,
        )
    except DomainError as error:
        return {"id": application_id, "refused": error.code, "detail": error.detail}
    except StaleDataError:
        return {"id": application_id, "refused": "changed_meanwhile", "detail": "Somebody else changed this case."}
    except DBAPIError as error:
        code = _REFUSED_BY_DATABASE.get(getattr(error.orig, "sqlstate", "") or "")
        if code is None:
            raise
        return {"id": application_id, "refused": code, "detail": "The database refused this decision."}
    return {"id": application_id, "state": view["state"], "tier": tier}


def _tier_of(collaborators: Collaborators, officer: OfficerActor, application_id: str) -> str:
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        found = determine.latest(session, application.id)
        if found is None or found.tier is None or application.state not in DECIDABLE:
            raise Conflict("This case isn't straightforward; decide it by itself.", code="not_straightforward")
        return found.tier
