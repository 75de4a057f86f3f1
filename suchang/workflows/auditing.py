"""Auditors search the audit: by person, thing, act and time, with the place of each row in the chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from suchang.domain.clock import rfc3339
from suchang.domain.errors import Invalid
from suchang.domain.roles import Role
from suchang.persistence.models import AuditEvent, AuditSeal
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import audit
from suchang.workflows.actors import OfficerActor
from suchang.workflows.collaborators import Collaborators

PAGE = 100


def search(
    parts: Collaborators,
    officer: OfficerActor,
    *,
    actor: str | None = None,
    subject: str | None = None,
    action: str | None = None,
    since: str | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List audit rows, newest first, by pages of a hundred; the search itself is audited.

    Only auditors of the whole province see the audit: its rows name no city.
    """
    officer.need(Role.AUDITOR)
    if officer.city is not None:
        return {"items": [], "next": None}
    query = select(AuditEvent, AuditSeal.position).outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
    for column, value in ((AuditEvent.actor_id, actor), (AuditEvent.subject_id, subject), (AuditEvent.action, action)):
        if value is not None:
            query = query.where(column == value)
    if since is not None:
        query = query.where(AuditEvent.at >= _moment(since))
    if cursor is not None:
        if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
            raise Invalid("This cursor is not one of ours; begin at the first page.", code="bad_cursor")
        query = query.where(AuditEvent.id < int(cursor))
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        rows = session.execute(query.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
        named = {"actor": actor, "subject": subject, "action": action, "since": since}
        asked = {name: value for name, value in named.items() if value}
        audit.record(session, now, officer, "audit_searched", "audit", "audit", filters=asked)
        shown = [
            {
                "id": row.id,
                "at": rfc3339(row.at),
                "actor": {"kind": row.actor_kind, "id": row.actor_id},
                "action": row.action,
                "subject": {"kind": row.subject_kind, "id": row.subject_id},
                "data": row.data,
                "position": position,
            }
            for row, position in rows[:PAGE]
        ]
        return {"items": shown, "next": str(shown[-1]["id"]) if len(rows) > PAGE else None}


def _moment(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid("Write since as a moment with its zone, such as 2026-11-02T00:00:00Z.", code="invalid_fields")
    return moment
