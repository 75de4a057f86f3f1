"""Work that is done later: queued in the transaction of its cause, retried with growing pauses, visible.

A job names ids only. Each may run more than once (a worker can die between its effect and its end), so each asks first
whether its effect stands already.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import procrastinate
from procrastinate import JobContext, RetryStrategy
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from sqlalchemy.orm import Session

from suchang.domain.roles import Role
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.actors import OfficerActor
from suchang.workflows.collaborators import Collaborators

HEARTBEAT = 2.0
STALLED_AFTER = 10.0
"""Seconds between a worker's signs of life, and without one after which its jobs go to another."""

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
PATIENT = RetryStrategy(max_attempts=12, exponential_wait=2)


@queue.task(name="deliver_notification", retry=PATIENT, pass_context=True)
def deliver_notification(context: JobContext, *, notification: str) -> None:
    """Deliver one notification."""
    from suchang.workflows import notifications

    notifications.deliver(_parts(context), notification)


@queue.task(name="simulate_policy", retry=PATIENT, pass_context=True)
def simulate_policy(context: JobContext, *, draft: str) -> None:
    """Check a policy draft and simulate it on the people on record."""
    from suchang.workflows import policy_simulation

    policy_simulation.run(_parts(context), draft)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="run_timers", queueing_lock="run_timers", pass_context=True)
def run_timers(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the library hands it over
    """Let limits lapse, cards expire and departures end."""
    from suchang.workflows import timers

    timers.run_all(_parts(context))


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
    parts = context.additional_context["parts"]
    assert isinstance(parts, Collaborators)  # noqa: S101 - a fault of the program, not of a person
    return parts


def defer(session: Session, task: Any, **arguments: Any) -> None:
    """Queue a job in the caller's transaction: it exists if and only if its cause is committed."""
    connection = session.connection().connection.dbapi_connection
    task.configure(connection=connection).defer(**arguments)


def overview(parts: Collaborators, officer: OfficerActor) -> dict[str, Any]:
    """Count the jobs by task and state, and list the latest that failed for good."""
    officer.need(Role.ADMINISTRATOR, Role.AUDITOR)
    with unit_of_work(parts.sessions) as session:
        counts = session.execute(
            text("SELECT task_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2")
        )
        failed = session.execute(
            text(
                "SELECT id, task_name, attempts, args FROM procrastinate_jobs WHERE status = 'failed'"
                " ORDER BY id DESC LIMIT 50"
            )
        )
        return {
            "counts": [{"task": task, "state": state, "count": count} for task, state, count in counts],
            "failed": [{"id": i, "task": task, "attempts": n, "arguments": args} for i, task, n, args in failed],
        }
