"""The jobs as an officer sees them: how many, which failed for good and why, queued again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import NotFound
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators


def overview(collaborators: Collaborators, officer: OfficerActor) -> dict[str, Any]:
    """Count the jobs by task and state, and list the latest that wait, run, or failed for good with the reason.

    An officer of a city sees the jobs of that city's applications; the house's own jobs are the province's.
    """
    officer.need(Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR)
    city = {"city": officer.city}
    with unit_of_work(collaborators.sessions) as session:
        counts = session.execute(
            text(f"SELECT task_name, status::text, count(*) {_FROM} GROUP BY 1, 2 ORDER BY 1, 2"), city
        )
        rows = session.execute(
            text(f"SELECT * FROM ({_PLACED} {_FROM}) latest WHERE place <= 50 ORDER BY id DESC"),  # noqa: S608
            city,
        )
        return {
            "counts": [{"task": task, "state": _STATES.get(state, state), "count": n} for task, state, n in counts],
            "jobs": [_job(row) for row in rows],
        }


_STATES = {"todo": "queued", "doing": "running"}
_PLACED = (
    "SELECT j.id, task_name, status::text, attempts, args, scheduled_at, f.reason, f.at AS failed_at,"
    " row_number() OVER (PARTITION BY status ORDER BY j.id DESC) AS place"
)
_FROM = (
    "FROM procrastinate_jobs j LEFT JOIN job_failure f ON f.job_id = j.id"
    " LEFT JOIN notification n ON n.id = j.args->>'notification' LEFT JOIN application a ON a.id = n.application_id"
    " WHERE (CAST(:city AS text) IS NULL OR a.city = :city)"
)


def _job(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "task": row.task_name,
        "state": _STATES.get(row.status, row.status),
        "attempts": row.attempts,
        "arguments": row.args,
        "next_at": rfc3339(row.scheduled_at) if row.scheduled_at is not None else None,
        "reason": row.reason,
        "failed_at": rfc3339(row.failed_at) if row.failed_at is not None else None,
    }


def retry(collaborators: Collaborators, officer: OfficerActor, job_id: str) -> None:
    """Queue a job again that failed for good; raises NotFound for any other."""
    officer.need(Role.ADMINISTRATOR, Role.SUPERVISOR)
    number = int(job_id) if job_id.isascii() and job_id.isdigit() and len(job_id) < 19 else 0
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        found = session.execute(
            text(f"SELECT 1 {_FROM} AND j.id = :job AND j.status = 'failed' FOR UPDATE OF j"),
            {"city": officer.city, "job": number},
        ).first()
        if found is None:
            raise NotFound("There is no failed job of this number.")
        session.execute(text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)"), {"job": number})
        audit_rows.record(session, now, officer, "job_retried", "job", str(number))
