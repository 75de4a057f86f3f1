"""Officers claim and review. Four eyes stand in the table, and again as constraints of the database."""

from __future__ import annotations

from typing import Any

from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, Outcome
from suchang.domain.roles import Role
from suchang.persistence.models import Review
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.actors import OfficerActor
from suchang.workflows.case_views import case_view, not_a_draft
from suchang.workflows.cases import as_office, check_version, facts_of, load_in_scope, move
from suchang.workflows.collaborators import Collaborators

_ROW_OUTCOME = {Outcome.APPROVE: "recommend", Outcome.REJECT: "reject"}


def claim(
    parts: Collaborators, officer: OfficerActor, application_id: str, *, version: int | None = None
) -> dict[str, Any]:
    """Take a case to review it."""
    by = as_office(officer, Role.REVIEWER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        move(parts, session, now, application, ApplicationEvent.CLAIM, by=by, actor=officer)
        application.claimed_by = officer.officer_id
        session.flush()
        return case_view(session, application)


def request_supplement(
    parts: Collaborators,
    officer: OfficerActor,
    application_id: str,
    *,
    documents: list[str],
    reason: str,
    version: int | None = None,
) -> dict[str, Any]:
    """Ask for every missing document, once and completely."""
    by = as_office(officer, Role.REVIEWER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        move(
            parts,
            session,
            now,
            application,
            ApplicationEvent.REQUEST_SUPPLEMENT,
            by=by,
            actor=officer,
            documents=frozenset(documents),
            reason=reason,
        )
        session.flush()
        return case_view(session, application)


def review(
    parts: Collaborators,
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
    by = as_office(officer, Role.REVIEWER)
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        application = not_a_draft(load_in_scope(session, officer, application_id))
        check_version(application, version)
        round_, attempt = application.round, facts_of(application).attempt
        move(
            parts,
            session,
            now,
            application,
            ApplicationEvent.RECOMMEND,
            by=by,
            actor=officer,
            note={"outcome": outcome.value},
            outcome=outcome,
            reason=reason,
            rule=rule,
        )
        session.add(
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
                created_at=now,
            )
        )
        session.flush()
        return case_view(session, application)
