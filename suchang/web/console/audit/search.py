"""The audit for auditors: who did what, on which day, to which object."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import render_template, request

from suchang.domain.clock import SHANGHAI
from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.console.audit import words
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.words.problems import explain
from suchang.workflows.audit import search as audit_search


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
        "console/audit/search.html", rows=found["items"], next=found["next"], asked=asked, wrong=wrong,
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
