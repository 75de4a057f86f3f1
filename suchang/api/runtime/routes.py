"""Routes of health, metrics and the job queue."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone, for_officers
from suchang.api.metrics import exposition
from suchang.api.requests import officer
from suchang.api.runtime import answers
from suchang.api.schemas import NothingBody
from suchang.workflows.runtime import health, jobs

operators = for_anyone("runtime", "runtime_operators", at="")
officers = for_officers("runtime", "runtime_officers")


@operators.get("/metrics")
def metrics() -> Response:
    """Show operators' numbers (Prometheus)."""
    return exposition()


@operators.get("/healthz")
@operators.response(200, answers.HealthAnswer)
def healthz() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@operators.get("/readyz")
@operators.response(200, answers.ReadyAnswer)
def readyz() -> tuple[dict[str, Any], int]:
    """Tell whether requests can be served: database, schema, roles."""
    faults = health.faults(collaborators())
    return {"status": "not ready" if faults else "ok", "faults": faults}, 503 if faults else 200


@officers.get("/jobs")
@officers.response(200, answers.JobsAnswer)
def job_overview() -> dict[str, Any]:
    """Count the jobs by task and state, and list those that wait, run or failed, with the reason."""
    return jobs.overview(collaborators(), officer())


@officers.post("/jobs/<job_id>/retry")
@officers.arguments(NothingBody)
@officers.response(204)
def retry_job(body: dict[str, Any], job_id: str) -> None:  # noqa: ARG001 - an empty body
    """Queue a job again that failed for good."""
    jobs.retry(collaborators(), officer(), job_id)
