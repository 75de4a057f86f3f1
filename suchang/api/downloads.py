"""Answers that are files: written as they are read, handed out so that nothing in them can act."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from suchang.api.auth import collaborators
from suchang.api.requests import officer, query_text
from suchang.workflows.audit import search as audit_search


def audit_file() -> Response:
    """Export the audit as the address asks for it: ``format``, and the filters of a search."""
    form = query_text("format") or "csv"
    lines = audit_search.export(collaborators(), officer(), audit_question(), form)
    return _streamed(lines, f"audit.{form}", audit_search.FORMATS[form])


def audit_question() -> audit_search.Question:
    """Read from the address what an auditor looks for."""
    names = ("actor", "subject", "action", "since", "until")
    return audit_search.Question(**{name: query_text(name) for name in names})


def _streamed(lines: Iterator[str], name: str, media_type: str) -> Response:
    response = Response(lines, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
