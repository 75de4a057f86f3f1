"""What an application asks of its employer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.persistence.models import EmployerContact


def has_contact(session: Session, employer_id: str) -> bool:
    """Tell whether anybody speaks for an employer, so that it can be asked."""
    query = select(EmployerContact.person_id).where(
        EmployerContact.employer_id == employer_id, EmployerContact.ended_at.is_(None)
    )
    return session.execute(query.limit(1)).first() is not None
