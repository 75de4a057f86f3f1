"""Oversight in the console: the audit for auditors, the jobs for whoever keeps the house running."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.clock import SHANGHAI
from suchang.domain.errors import DomainError
from suchang.web import audit_words as words
from suchang.web.auth import collaborators
from suchang.web.console.routes import blueprint, frame, officer
from suchang.web.problem_words import explain
from suchang.workflows.audit import search as audit_search
from suchang.workflows.runtime import jobs


@blueprint.get("/audit")
def audit_page() -> str | tuple[str, int]:
    """Search the audit: who, what, on which day, which object."""
    asked = {name: request.args.get(name, "").strip()[:80] for name in ("actor", "subject", "action", "since", "until")}
    question = audit_search.Question(
        actor=asked["actor"] or None,
        subject=asked["subject"] or None,
        action=asked["action"] or None,
        since=_midnight(asked["since"]),
        until=_midnight(asked["until"], after=1),
    )
    wrong = ""
    try:
        found = audit_search.search(collaborators(), officer(), question, cursor=request.args.get("cursor") or None)
    except DomainError as error:
        if error.code == "forbidden":
            raise
        found, wrong = {"items": [], "next": None}, explain(error)
    page = render_template(
        "console/audit.html", rows=found["items"], next=found["next"], asked=asked, wrong=wrong,
        kept={key: value for key, value in asked.items() if value}, export=urlencode(question.asked()),
        actions=words.actions(), action_name=words.action_name, thing_name=words.thing_name, said=words.said, **frame(),
    )  # fmt: skip
    return (page, 422) if wrong else page


def _midnight(day: str, after: int = 0) -> str | None:
    """Turn a day of the form into the moment at which it begins, or ``after`` days later; an odd day is no limit."""
    try:
        first = datetime.combine(date.fromisoformat(day) + timedelta(days=after), time(), SHANGHAI)
    except (ValueError, OverflowError):
        return None
    return first.isoformat()


@blueprint.get("/jobs")
def job_page() -> str:
    """Show the jobs that wait, run or failed."""
    return render_template(
        "console/jobs.html", task_name=words.task_name, **jobs.overview(collaborators(), officer()), **frame()
    )


@blueprint.post("/jobs/<job_id>/retry")
def job_retry(job_id: str) -> BaseResponse:
    """Queue a failed job again."""
    jobs.retry(collaborators(), officer(), job_id)
    return redirect(url_for(".job_page"))
