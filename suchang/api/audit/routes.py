"""Routes of the audit: search and export."""

from __future__ import annotations

from typing import Any

from flask import Response

from suchang.api.audit import answers
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers
from suchang.api.downloads import audit_file, audit_question
from suchang.api.requests import officer, query_text
from suchang.workflows.audit import search as auditing

officers = for_officers("audit", "audit_officers")


@officers.get("/audit")
@officers.response(200, answers.AuditAnswer)
def search_audit() -> dict[str, Any]:
    """Search the audit by actor, subject, action and time."""
    return auditing.search(collaborators(), officer(), audit_question(), cursor=query_text("cursor"))


@officers.get("/audit/export")
def export_audit() -> Response:
    """Export what a search finds, as it is read: ``format=csv`` or ``format=jsonl``."""
    return audit_file()
