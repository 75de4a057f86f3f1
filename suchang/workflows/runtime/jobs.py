"""Work that is done later: queued in the transaction of its cause, retried with growing pauses, visible.

A job names ids only. Each may run more than once (a worker can die between its effect and its end), so each asks first
whether its effect stands already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import procrastinate
from procrastinate import JobContext, RetryStrategy
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import DomainError, NotFound
from suchang.persistence.models import JobFailure
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

HEARTBEAT = 2.0
STALLED_AFTER = 10.0
"""Seconds between a worker's signs of life, and without one after which its jobs go to another."""

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
PATIENT = RetryStrategy(max_attempts=12, exponential_wait=2)


@queue.task(name="deliver_notification", retry=PATIENT, pass_context=True)
def deliver_notification(context: JobContext, *, notification: str) -> None:
    """Deliver one notification."""
    from suchang.workflows.notification import notifications

    notifications.deliver(_parts(context), notification)


@queue.task(name="simulate_policy", retry=PATIENT, pass_context=True)
def simulate_policy(context: JobContext, *, draft: str) -> None:
    """Check a policy draft and simulate it on the people on record."""
    from suchang.workflows.policy import simulation

    simulation.run(_parts(context), draft)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="run_timers", queueing_lock="run_timers", pass_context=True)
def run_timers(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the library hands it over
    """Let limits lapse, cards expire and departures end."""
    from suchang.workflows.runtime import due_transitions

    due_transitions.run_all(_parts(context))


@queue.periodic(cron="* * * * * */10")
@queue.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the library hands it over
    """Queue the jobs of dead workers again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        # Another worker may have taken it up since it was listed.
        with suppress(ConnectorException):
            await manager.retry_job(job)


def _parts(context: JobContext) -> Collaborators:
    collaborators = context.additional_context["collaborators"]
    assert isinstance(collaborators, Collaborators)  # noqa: S101 - a fault of the program, not of a person
    return collaborators


def defer(session: Session, task: Any, **arguments: Any) -> None:
    """Queue a job in the caller's transaction: it exists if and only if its cause is committed."""
    connection = session.connection().connection.dbapi_connection
    task.configure(connection=connection).defer(**arguments)


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


async def keep_reason(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: object) -> Any:  # noqa: ARG001
    """Note why a job fails, and forget it when a later attempt goes well; a middleware of the worker."""
    job = context.job
    try:
        result = await call_next()
    except Exception as error:
        await asyncio.to_thread(_note, _parts(context), job.id, _reason(error))
        raise
    if job.attempts:
        await asyncio.to_thread(_note, _parts(context), job.id, None)
    return result


def _reason(error: Exception) -> str:
    """Say why in words that can stand on a page: our own sentence, or the kind of a fault and no more."""
    return error.detail if isinstance(error, DomainError) else type(error).__name__


def _note(collaborators: Collaborators, job_id: int | None, reason: str | None) -> None:
    # The database may be what fails; the job's own outcome matters more than this note.
    with suppress(SQLAlchemyError), unit_of_work(collaborators.sessions) as session:
        row = session.get(JobFailure, job_id)
        if reason is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(JobFailure(job_id=job_id, reason=reason, at=collaborators.clock()))
        else:
            row.reason, row.at = reason, collaborators.clock()
