"""Ready-made phrases for reasons, by kind of decision and in both languages; the officer still writes the reason.

Phrases without a city are the whole province's. Supervisors add and retire those of their own city, supervisors of the
province all of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from suchang.domain.account.roles import Role
from suchang.domain.errors import NotFound
from suchang.domain.ids import new_id
from suchang.domain.vocabulary import PhraseKind
from suchang.persistence.models import ReasonPhrase
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators


def usable(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the phrases that an officer can use: the province's and those of the officer's city."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR)
    query = select(ReasonPhrase).where(ReasonPhrase.retired_at.is_(None))
    if officer.city is not None:
        query = query.where(or_(ReasonPhrase.city.is_(None), ReasonPhrase.city == officer.city))
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(ReasonPhrase.kind, ReasonPhrase.created_at, ReasonPhrase.id)).scalars()
        return [_view(row, officer) for row in rows]


def add(collaborators: Collaborators, officer: OfficerActor, *, kind: PhraseKind, zh: str, en: str) -> dict[str, Any]:
    """Add a phrase for the supervisor's city, or for the province."""
    officer.need(Role.SUPERVISOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = ReasonPhrase(
            id=new_id("phr"), kind=kind.value, zh=zh, en=en, city=officer.city, created_by=officer.officer_id,
            created_at=now,
        )  # fmt: skip
        session.add(row)
        audit_rows.record(session, now, officer, "phrase_added", "reason_phrase", row.id, kind=kind.value)
        return _view(row, officer)


def retire(collaborators: Collaborators, officer: OfficerActor, phrase_id: str) -> None:
    """Take a phrase out of use; what was written with it stays."""
    officer.need(Role.SUPERVISOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(ReasonPhrase, phrase_id)
        if row is None or row.retired_at is not None or officer.city not in (None, row.city):
            raise NotFound("There is no such phrase.")
        row.retired_at = now
        audit_rows.record(session, now, officer, "phrase_retired", "reason_phrase", row.id)


def _view(row: ReasonPhrase, officer: OfficerActor) -> dict[str, Any]:
    may_retire = Role.SUPERVISOR in officer.roles and officer.city in (None, row.city)
    return {"id": row.id, "kind": row.kind, "zh": row.zh, "en": row.en, "city": row.city, "may_retire": may_retire}
