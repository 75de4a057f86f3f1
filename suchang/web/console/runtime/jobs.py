"""The queue of jobs for whoever keeps the house running."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators
from suchang.web.console.audit import words
from suchang.web.console.frame import blueprint, frame, officer
from suchang.workflows.runtime import jobs


@blueprint.get("/jobs")
def job_page() -> str:
    """Show the jobs that wait, run or failed."""
    return render_template(
        "console/runtime/jobs.html", task_name=words.task_name, **jobs.overview(collaborators(), officer()), **frame()
    )


@blueprint.post("/jobs/<job_id>/retry")
def job_retry(job_id: str) -> BaseResponse:
    """Queue a failed job again."""
    jobs.retry(collaborators(), officer(), job_id)
    return redirect(url_for(".job_page"))
