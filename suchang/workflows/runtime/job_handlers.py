"""What jobs do, by the names under which they are queued; the worker alone imports this."""

from __future__ import annotations

from contextlib import suppress

from procrastinate import JobContext
from procrastinate.exceptions import ConnectorException

from suchang.workflows.notification import notifications
from suchang.workflows.policy import simulation
from suchang.workflows.runtime import due_transitions
from suchang.workflows.runtime.job_queue import PATIENT, collaborators_of, queue

HEARTBEAT = 2.0
STALLED_AFTER = 10.0
"""Seconds between a worker's signs of life, and without one after which its jobs go to another."""


@queue.task(name="deliver_notification", retry=PATIENT, pass_context=True)
def deliver_notification(context: JobContext, *, notification: str) -> None:
    """Deliver one notification."""
    notifications.deliver(collaborators_of(context), notification)


@queue.task(name="simulate_policy", retry=PATIENT, pass_context=True)
def simulate_policy(context: JobContext, *, draft: str) -> None:
    """Check a policy draft and simulate it on the people on record."""
    simulation.run(collaborators_of(context), draft)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="run_timers", queueing_lock="run_timers", pass_context=True)
def run_timers(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the library hands it over
    """Let limits lapse, cards expire and departures end."""
    due_transitions.run_all(collaborators_of(context))


@queue.periodic(cron="* * * * * */10")
@queue.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the library hands it over
    """Queue the jobs of dead workers again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        # Another worker may have taken it up since it was listed.
        with suppress(ConnectorException):
            await manager.retry_job(job)
