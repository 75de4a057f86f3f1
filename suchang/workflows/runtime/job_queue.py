"""Work that is done later: queued in the transaction of its cause, retried with growing pauses, visible.

A job names its handler and ids, no more: whoever queues one knows nothing of what it does (``job_handlers``). Each may
run more than once (a worker can die between its effect and its end), so each handler asks whether its effect stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import procrastinate
from procrastinate import JobContext, RetryStrategy
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from suchang.domain.errors import DomainError
from suchang.persistence.models import JobFailure
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.collaborators import Collaborators

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
PATIENT = RetryStrategy(max_attempts=12, exponential_wait=2)


def collaborators_of(context: JobContext) -> Collaborators:
    """Return the collaborators that the worker handed to its jobs."""
    collaborators = context.additional_context["collaborators"]
    assert isinstance(collaborators, Collaborators)  # noqa: S101 - a fault of the program, not of a person
    return collaborators


def defer(session: Session, handler: str, **arguments: str) -> None:
    """Queue a job for the handler of this name in the caller's transaction: it exists if its cause is committed."""
    connection = session.connection().connection.dbapi_connection
    queue.configure_task(handler, connection=connection).defer(**arguments)


async def keep_reason(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: object) -> Any:  # noqa: ARG001
    """Note why a job fails, and forget it when a later attempt goes well; a middleware of the worker."""
    job = context.job
    try:
        result = await call_next()
    except Exception as error:
        await asyncio.to_thread(_note, collaborators_of(context), job.id, _reason(error))
        raise
    if job.attempts:
        await asyncio.to_thread(_note, collaborators_of(context), job.id, None)
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
