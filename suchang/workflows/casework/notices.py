"""Public notices: who is about to be approved, and what the public says against it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from suchang.domain import lifecycle
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import NotFound, TooMany
from suchang.domain.ids import PersonId, new_id
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState
from suchang.domain.people.identity import mask_name
from suchang.persistence.models import Application, Employer, Objection, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.transitions import facts_of, load_for_update, move
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

MOST_OBJECTIONS = 50
_PUBLIC = lifecycle.Actor(PersonId("public"), Role.PUBLIC)
_SHOWN = (ApplicationState.PUBLIC_NOTICE.value, ApplicationState.OBJECTED.value)


def published(collaborators: Collaborators) -> list[dict[str, Any]]:
    """List the notices that run today: masked name, city, employer, track and last day."""
    today = local_date(collaborators.clock())
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(
            select(Application, Person.name, Employer.name)
            .join(Person, Person.id == Application.person_id)
            .outerjoin(Employer, Employer.id == Application.employer_id)
            .where(Application.state.in_(_SHOWN))
            .order_by(Application.updated_at.desc(), Application.id)
            .limit(500)
        ).all()
        shown = []
        for row, name, employer in rows:
            ends = facts_of(row).notice_ends
            if ends is not None and today <= ends:
                shown.append(
                    {
                        "id": row.id,
                        "name": mask_name(name),
                        "city": row.city,
                        "employer": employer,
                        "track": row.track,
                        "ends": ends.isoformat(),
                    }
                )
        return shown


def object_to(
    collaborators: Collaborators, application_id: str, *, text: str, name: str, contact: str
) -> dict[str, Any]:
    """Take down an objection with its sender's name and contact, which only supervisors see."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_for_update(session, application_id)
        if application.state not in _SHOWN:
            raise NotFound("There is no such notice.")
        facts = facts_of(application)
        if facts.open_objections >= MOST_OBJECTIONS:
            raise TooMany("So many objections are open that no more are taken down here; write to the office.")
        row = Objection(
            id=new_id("obj"),
            application_id=application.id,
            round=application.round,
            text=text,
            sender_cipher=b"",
            created_at=now,
        )
        row.sender_cipher = collaborators.vault.encrypt(f"{name} {contact}", row.id)
        session.add(row)
        move(
            collaborators,
            session,
            now,
            application,
            ApplicationEvent.OBJECT,
            by=_PUBLIC,
            actor=SYSTEM,
            note={"objection": row.id},
            reason=text,
        )
        return {"id": row.id}
