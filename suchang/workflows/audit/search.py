"""Auditors search and export the audit: by person, thing, act and time, with the place of each row in the chain.

An auditor of the province reads every row. One of a city reads what happened to applications, evidence, cards and
officers of that city: the rows themselves name no city, the things that they tell of do.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Invalid
from suchang.domain.spreadsheets import plain_cell
from suchang.persistence.models import Application, AuditEvent, AuditSeal, Card, Evidence, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

PAGE = 100
BATCH = 1000
FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl"}
COLUMNS = (
    "id", "at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "data", "position", "hash",
)  # fmt: skip
Found = Row[AuditEvent, Any, Any]
Asked = Select[AuditEvent, Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an auditor looks for; ``since`` and ``until`` are moments with their zone, the second not included.

    ``actor`` is an id or an officer's user name, ``subject`` an id or a card's number.
    """

    actor: str | None = None
    subject: str | None = None
    action: str | None = None
    since: str | None = None
    until: str | None = None

    def asked(self) -> dict[str, str]:
        """Return what was asked for, as the audit keeps it of the search itself."""
        return {name: value for name, value in asdict(self).items() if value}


def search(
    collaborators: Collaborators, officer: OfficerActor, question: Question, *, cursor: str | None = None
) -> dict[str, Any]:
    """List audit rows, newest first, by pages of a hundred; the search itself is audited."""
    officer.need(Role.AUDITOR)
    query = _asked(officer, question)
    if cursor is not None:
        if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
            raise Invalid("This cursor is not one of ours; begin at the first page.", code="bad_cursor")
        query = query.where(AuditEvent.id < int(cursor))
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
        audit_rows.record(session, now, officer, "audit_searched", "audit", "audit", filters=question.asked())
        shown = [_view(found) for found in rows[:PAGE]]
        return {"items": shown, "next": str(shown[-1]["id"]) if len(rows) > PAGE else None}


def export(collaborators: Collaborators, officer: OfficerActor, question: Question, form: str) -> Iterator[str]:
    """Return every row that answers a question as text, oldest first, without holding more than a batch of them.

    The export is audited before its first line, so that one that is broken off is told of as well. Rows that come
    while it runs are left out. Raises Invalid for a format other than ``csv`` and ``jsonl``.
    """
    officer.need(Role.AUDITOR)
    if form not in FORMATS:
        raise Invalid("Export as format=csv or format=jsonl.", code="invalid_fields")
    query = _asked(officer, question)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        last = session.execute(select(func.coalesce(func.max(AuditEvent.id), 0))).scalar_one()
        audit_rows.record(
            session, now, officer, "audit_exported", "audit", "audit", filters=question.asked(), format=form, last=last
        )
    return _lines(collaborators, query.where(AuditEvent.id <= last), form)


def _lines(collaborators: Collaborators, query: Asked, form: str) -> Iterator[str]:
    if form == "csv":
        # The mark tells spreadsheets that the text is UTF-8.
        yield "\ufeff" + _csv_line(COLUMNS)
    done = 0
    while True:
        with unit_of_work(collaborators.sessions) as session:
            rows = session.execute(query.where(AuditEvent.id > done).order_by(AuditEvent.id).limit(BATCH)).all()
            lines = [_csv(found) if form == "csv" else json.dumps(_view(found), ensure_ascii=False) for found in rows]
            done = rows[-1][0].id if rows else done
        if not lines:
            return
        yield "".join(lines) if form == "csv" else "\n".join(lines) + "\n"


def _csv(found: Found) -> str:
    row, position, hashed = found
    data = json.dumps(row.data, ensure_ascii=False, sort_keys=True)
    cells = (row.id, rfc3339(row.at), row.actor_kind, row.actor_id, row.action, row.subject_kind, row.subject_id, data)
    return _csv_line([*cells, position, hashed.hex() if hashed is not None else None])


def _csv_line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([plain_cell(one) if isinstance(one, str) else one for one in cells])
    return line.getvalue()


def _asked(officer: OfficerActor, question: Question) -> Asked:
    query: Asked = select(AuditEvent, AuditSeal.position, AuditSeal.hash).outerjoin(
        AuditSeal, AuditSeal.event_id == AuditEvent.id
    )
    if officer.city is not None:
        query = query.where(_of_city(officer.city))
    if question.actor is not None:
        named = select(Officer.id).where(Officer.username == question.actor)
        query = query.where(or_(AuditEvent.actor_id == question.actor, AuditEvent.actor_id.in_(named)))
    if question.subject is not None:
        numbered = select(Card.id).where(Card.number == question.subject.replace(" ", "").upper())
        query = query.where(or_(AuditEvent.subject_id == question.subject, AuditEvent.subject_id.in_(numbered)))
    if question.action is not None:
        query = query.where(AuditEvent.action == question.action)
    if question.since is not None:
        query = query.where(AuditEvent.at >= _moment("since", question.since))
    if question.until is not None:
        query = query.where(AuditEvent.at < _moment("until", question.until))
    return query


def _of_city(city: str) -> ColumnElement[bool]:
    things = {
        "application": select(Application.id).where(Application.city == city),
        "evidence": select(Evidence.id).join(Application).where(Application.city == city),
        "card": select(Card.id).where(Card.city == city),
        "officer": select(Officer.id).where(Officer.city == city),
    }
    return or_(*(and_(AuditEvent.subject_kind == kind, AuditEvent.subject_id.in_(ids)) for kind, ids in things.items()))


def _moment(name: str, given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(f"Write {name} as a moment with its zone, such as 2026-11-02T00:00:00Z.", code="invalid_fields")
    return moment


def _view(found: Found) -> dict[str, Any]:
    row, position, _ = found
    return {
        "id": row.id,
        "at": rfc3339(row.at),
        "actor": {"kind": row.actor_kind, "id": row.actor_id},
        "action": row.action,
        "subject": {"kind": row.subject_kind, "id": row.subject_id},
        "data": row.data,
        "position": position,
    }
