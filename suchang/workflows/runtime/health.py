"""Whether this installation can serve: database, schema, roles, keys."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from suchang.persistence import migrate
from suchang.persistence.grants import role_faults
from suchang.persistence.models import SigningKey
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.collaborators import Collaborators


def faults(collaborators: Collaborators) -> list[str]:
    """List what keeps requests from being served, one sentence each; an empty list means ready."""
    try:
        with unit_of_work(collaborators.sessions) as session:
            connection = session.connection()
            found = []
            have, want = migrate.current(connection), migrate.head()
            if have != want:
                return [f"the database is at schema {have or 'none'} and the program at {want}; run the migrations"]
            found += role_faults(connection)
            if session.execute(select(SigningKey.kid).where(SigningKey.state == "active")).first() is None:
                found.append("no signing key is active; run `suchang keys rotate`")
            return found
    except SQLAlchemyError:
        return ["the database does not answer"]
