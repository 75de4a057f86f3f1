"""Views of the queue under a name. A view holds filters only: the queue asks for the scope anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from suchang.domain.account.roles import Role
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import Officer, SavedView
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

FILTERS = ("state", "q", "mine", "city", "track", "kind", "due")
"""What the queue can be filtered by, as it is called in addresses."""

MOST = 20
_READERS = (Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)


def mine(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List an officer's views by name."""
    officer.need(*_READERS)
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(
            select(SavedView).where(SavedView.officer_id == officer.officer_id).order_by(SavedView.name)
        ).scalars()
        return [_view(row) for row in rows]


def save(
    collaborators: Collaborators, officer: OfficerActor, *, name: str, filters: Mapping[str, str]
) -> dict[str, Any]:
    """Keep a view; one of the same name is replaced. Empty filters are left out."""
    officer.need(*_READERS)
    kept = {key: value for key, value in filters.items() if value}
    if not name.strip() or not kept or not set(kept) <= set(FILTERS):
        raise Invalid("Give the view a name and at least one filter that the queue knows.", code="view_wrong")
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        session.get_one(Officer, officer.officer_id, with_for_update=True)
        row = session.execute(
            select(SavedView).where(SavedView.officer_id == officer.officer_id, SavedView.name == name.strip())
        ).scalar_one_or_none()
        if row is None:
            count = select(func.count()).select_from(SavedView).where(SavedView.officer_id == officer.officer_id)
            if session.execute(count).scalar_one() >= MOST:
                raise Conflict(f"You keep {MOST} views already; remove one first.", code="too_many_views")
            row = SavedView(id=new_id("viw"), officer_id=officer.officer_id, name=name.strip(), created_at=now)
            session.add(row)
        row.filters = kept
        return _view(row)


def remove(collaborators: Collaborators, officer: OfficerActor, view_id: str) -> None:
    """Remove one of one's own views; raises NotFound for any other."""
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(SavedView, view_id)
        if row is None or row.officer_id != officer.officer_id:
            raise NotFound("You keep no such view.")
        session.delete(row)


def _view(row: SavedView) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "filters": row.filters}
