"""Another officer decides, and where the decision differs from the determination a second one confirms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, Determined, Outcome, Transition
from suchang.persistence.models import Application, Decision, DeterminationRecord
from suchang.workflows.application import determine
from suchang.workflows.application.fact_checks import unchecked
from suchang.workflows.application.transitions import facts_of
from suchang.workflows.card import issue
from suchang.workflows.casework.officer_step import case_step
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators


def decide(
    collaborators: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    outcome: Outcome,
    reason: str,
    tier: str | None = None,
    rule: str = "",
    version: int | None = None,
    only_as_determined: bool = False,
) -> dict[str, Any]:
    """Approve or reject. An approval issues the card in the same transaction; nothing is ever half approved.

    A decision against the determination waits for a second approver, who decides by the same call.
    """
    with case_step(collaborators, officer, Role.APPROVER, application_id, version) as step:
        session, application, now = step.session, step.application, step.now
        second = application.state == ApplicationState.SECOND_DECISION.value
        found = (
            _of_decision(session, application)
            if second
            else determine.determine(collaborators, session, application, "decision", now)
        )
        if second:
            _same_as_proposed(application, outcome, tier)
        if only_as_determined and (second or found.tier != tier):
            raise Conflict("This case isn't straightforward; decide it by itself.", code="not_straightforward")
        event = {
            (False, Outcome.APPROVE): ApplicationEvent.APPROVE,
            (False, Outcome.REJECT): ApplicationEvent.REJECT,
            (True, Outcome.APPROVE): ApplicationEvent.CONFIRM_DECISION,
            (True, Outcome.REJECT): ApplicationEvent.CONFIRM_DECISION,
        }[second, outcome]
        lacking = (
            unchecked(session, application.id, found.id, tier, local_date(now)) if outcome is Outcome.APPROVE else []
        )
        if only_as_determined and lacking:
            raise Conflict("Facts of this tier are unchecked; decide it by itself.", code="facts_unchecked")
        round_, attempt = application.round, facts_of(application).attempt
        answer = step.move(
            event,
            note={"outcome": outcome.value, "determination": found.id, "tier": tier},
            outcome=outcome,
            grant=tier,
            reason=reason,
            rule=rule,
            determination=Determined(found.tier),
            unchecked=frozenset(lacking),
        )
        made = _decision(
            session, application, officer, (round_, attempt), second, outcome, tier, rule, reason, found, now
        )
        made.unchecked = lacking
        session.flush()
        _follow(collaborators, session, application, answer, made, found, now)
        return step.view()


def _of_decision(session: Session, application: Application) -> DeterminationRecord:
    first = session.execute(
        select(Decision).where(
            Decision.application_id == application.id,
            Decision.round == application.round,
            Decision.attempt == facts_of(application).attempt,
            Decision.part == "first",
        )
    ).scalar_one()
    return session.get_one(DeterminationRecord, first.determination_id)


def _same_as_proposed(application: Application, outcome: Outcome, tier: str | None) -> None:
    proposed = (application.case.get("proposed"), application.case.get("proposed_tier"))
    if (outcome.value, tier) != proposed:
        raise Conflict(
            "The second approver confirms the proposed decision as it stands, or sends it back.",
            code="differs_from_proposal",
        )


def _decision(
    session: Session,
    application: Application,
    officer: OfficerActor,
    turn: tuple[int, int],
    second: bool,
    outcome: Outcome,
    tier: str | None,
    rule: str,
    reason: str,
    found: DeterminationRecord,
    now: datetime,
) -> Decision:
    made = Decision(
        id=new_id("dec"),
        application_id=application.id,
        round=turn[0],
        attempt=turn[1],
        part="second" if second else "first",
        officer_id=officer.officer_id,
        person_index=officer.person_index,
        on_behalf_of=officer.on_behalf_of,
        outcome=outcome.value,
        tier=tier if outcome is Outcome.APPROVE else None,
        rule=rule or None,
        reason=reason,
        against_determination=found.tier != (tier if outcome is Outcome.APPROVE else None),
        determination_id=found.id,
        created_at=now,
    )
    session.add(made)
    return made


def _follow(
    collaborators: Collaborators,
    session: Session,
    application: Application,
    answer: Transition,
    made: Decision,
    found: DeterminationRecord,
    now: datetime,
) -> None:
    if answer.target is ApplicationState.APPROVED:
        issue.issue_card(collaborators, session, application, made, found, now)
