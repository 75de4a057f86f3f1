"""Officers claim and review. Four eyes stand in the table, and again as constraints of the database."""

from __future__ import annotations

from typing import Any

from suchang.domain.account.roles import Role
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, Outcome
from suchang.persistence.models import Review
from suchang.workflows.application.transitions import facts_of
from suchang.workflows.casework.officer_step import case_step
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

_ROW_OUTCOME = {Outcome.APPROVE: "recommend", Outcome.REJECT: "reject"}


def claim(
    collaborators: Collaborators, officer: OfficerActor, application_id: str, *, version: int | None = None
) -> dict[str, Any]:
    """Take a case to review it."""
    with case_step(collaborators, officer, Role.REVIEWER, application_id, version) as step:
        step.move(ApplicationEvent.CLAIM)
        step.application.claimed_by = officer.officer_id
        return step.view()


def request_supplement(
    collaborators: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    documents: list[str],
    reason: str,
    version: int | None = None,
) -> dict[str, Any]:
    """Ask for every missing document, once and completely."""
    with case_step(collaborators, officer, Role.REVIEWER, application_id, version) as step:
        step.move(ApplicationEvent.REQUEST_SUPPLEMENT, documents=frozenset(documents), reason=reason)
        return step.view()


def review(
    collaborators: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    outcome: Outcome,
    reason: str,
    tier: str | None = None,
    rule: str = "",
    version: int | None = None,
) -> dict[str, Any]:
    """Recommend an approval or a refusal."""
    with case_step(collaborators, officer, Role.REVIEWER, application_id, version) as step:
        application = step.application
        round_, attempt = application.round, facts_of(application).attempt
        note = {"outcome": outcome.value}
        step.move(ApplicationEvent.RECOMMEND, note=note, outcome=outcome, reason=reason, rule=rule)
        step.session.add(
            Review(
                id=new_id("rev"),
                application_id=application.id,
                round=round_,
                attempt=attempt,
                officer_id=officer.officer_id,
                person_index=officer.person_index,
                on_behalf_of=officer.on_behalf_of,
                outcome=_ROW_OUTCOME[outcome],
                tier=tier,
                reason=reason,
                created_at=step.now,
            )
        )
        return step.view()
