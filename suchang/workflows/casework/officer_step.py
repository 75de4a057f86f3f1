"""An officer takes a step with a case: found in the officer's scope, locked, at the version that the officer saw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.lifecycle import Actor, ApplicationEvent, Transition
from suchang.persistence.models import Application
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.transitions import as_office, check_version, load_in_scope, move
from suchang.workflows.casework.application_view import case_view
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A case in the hands of an officer, within one transaction."""

    collaborators: Collaborators
    session: Session
    application: Application
    officer: OfficerActor
    by: Actor
    now: datetime

    def move(self, event: ApplicationEvent, *, note: dict[str, Any] | None = None, **act: Any) -> Transition:
        """Put an event through the table (``cases.move``)."""
        by, actor = self.by, self.officer
        return move(
            self.collaborators, self.session, self.now, self.application, event, by=by, actor=actor, note=note, **act
        )

    def view(self) -> dict[str, Any]:
        """Show the case as it stands now."""
        self.session.flush()
        return case_view(self.session, self.application)


@contextmanager
def case_step(
    collaborators: Collaborators, officer: OfficerActor, role: Role, application_id: str, version: int | None
) -> Iterator[CaseStep]:
    """Open a transaction in which an officer acts in a role on a case.

    Raises Forbidden without the role, NotFound outside the officer's scope, and Conflict when the case is no longer at
    the version that the officer saw.
    """
    by, now = as_office(officer, role), collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        check_version(application, version)
        yield CaseStep(collaborators, session, application, officer, by, now)
