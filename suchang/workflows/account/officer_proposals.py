"""An officer's account: one administrator proposes it, another confirms it, and the officer alone opens it.

The first account comes from the command line, while there is no administrator; so does the confirmation of the second,
because until then there is no other administrator who could confirm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import any_, func, select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import CITIES, OFFICER_ROLES, Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Forbidden, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.people.identity import DocumentType, read_identity
from suchang.persistence.models import Officer, OfficerProposal
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.invitations import Invitation, invite
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import SYSTEM, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

GOOD_FOR = timedelta(days=14)
"""So long a proposal waits for its second administrator (assumption)."""


@dataclass(frozen=True, slots=True)
class WantedOfficer:
    """Whom an account is for; of the resident identity number only the blind index is kept."""

    username: str
    name: str
    identity_number: str
    roles: Collection[Role]
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed account as it is shown to administrators."""

    id: str
    username: str
    name: str
    roles: tuple[str, ...]
    city: str | None
    proposed_by: str
    proposed_at: datetime
    may_confirm: bool


def propose(collaborators: Collaborators, officer: OfficerActor, wanted: WantedOfficer) -> str:
    """Propose an account; gives the proposal's id.

    Raises Invalid for an office, city, name or number that can't be, Conflict for a user name that is taken.
    """
    officer.need(Role.ADMINISTRATOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _row(collaborators, session, wanted, now)
        if row.subject_index == officer.person_index:
            raise Forbidden("Nobody proposes an account for themselves.", code="four_eyes")
        row.proposed_by, row.proposer_index = officer.officer_id, officer.person_index
        session.add(row)
        audit_rows.record(session, now, officer, "officer_proposed", "officer_proposal", row.id, roles=row.roles)
        return row.id


def begin(collaborators: Collaborators, wanted: WantedOfficer) -> Invitation:
    """Invite the first administrator of an installation. Raises Conflict when there is one."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        if _administrators(session):
            raise Conflict(
                "There is an administrator; further accounts are proposed and confirmed at /console/users.",
                code="administrator_exists",
            )
        row = _row(collaborators, session, wanted, now)
        session.add(row)
        session.flush()
        audit_rows.record(session, now, SYSTEM, "officer_proposed", "officer_proposal", row.id, roles=row.roles)
        return invite(collaborators, session, now, proposal_id=row.id)


def _row(collaborators: Collaborators, session: Session, wanted: WantedOfficer, now: datetime) -> OfficerProposal:
    if not wanted.username.strip() or not wanted.name.strip():
        raise Invalid("Give a user name and a name.", code="name_missing")
    if not wanted.roles or not OFFICER_ROLES.issuperset(wanted.roles):
        raise Invalid("Name at least one office that an officer can hold.", code="unknown_role")
    if wanted.city is not None and wanted.city not in CITIES:
        raise Invalid(f"{wanted.city} is not one of the 13 cities; write its GB/T 2260 code.", code="unknown_city")
    demo, today = collaborators.settings.demo, local_date(now)
    document = read_identity(DocumentType.RESIDENT_ID, wanted.identity_number, today=today, demo=demo)
    if session.execute(select(Officer.id).where(Officer.username == wanted.username)).first():
        raise Conflict("This user name is taken.", code="username_taken")
    return OfficerProposal(
        id=new_id("ofp"),
        username=wanted.username,
        name=wanted.name,
        subject_index=collaborators.vault.index(document.type.value, document.number),
        roles=sorted(role.value for role in wanted.roles),
        city=wanted.city,
        created_at=now,
    )


def _administrators(session: Session) -> int:
    people = func.count(func.distinct(Officer.person_index))
    administers = any_(Officer.roles) == Role.ADMINISTRATOR.value
    return session.scalar(select(people).where(Officer.active, administers)) or 0


def waiting(collaborators: Collaborators, officer: OfficerActor) -> list[Proposal]:
    """List the proposed accounts that wait for a second administrator, the oldest first."""
    officer.need(Role.ADMINISTRATOR)
    now = collaborators.clock()
    query = (
        select(OfficerProposal, Officer.name)
        .join(Officer, Officer.id == OfficerProposal.proposed_by)
        .where(OfficerProposal.confirmed_at.is_(None), OfficerProposal.created_at > now - GOOD_FOR)
        .order_by(OfficerProposal.created_at, OfficerProposal.id)
    )
    with unit_of_work(collaborators.sessions) as session:
        return [
            Proposal(
                row.id, row.username, row.name, tuple(row.roles), row.city, name, row.created_at,
                may_confirm=officer.person_index not in (row.proposer_index, row.subject_index),
            )
            for row, name in session.execute(query)
        ]  # fmt: skip


def confirm(collaborators: Collaborators, officer: OfficerActor, proposal_id: str) -> Invitation:
    """Confirm a colleague's proposal; gives the invitation, whose link is shown once.

    Raises Forbidden for whoever proposed it or whom it is for, Conflict for one that was used or is too old.
    """
    officer.need(Role.ADMINISTRATOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _open_proposal(session, proposal_id, now)
        if officer.person_index in (row.proposer_index, row.subject_index):
            raise Forbidden("A second, different administrator must confirm.", code="four_eyes")
        row.confirmed_by, row.confirmer_index, row.confirmed_at = officer.officer_id, officer.person_index, now
        session.flush()
        audit_rows.record(session, now, officer, "officer_confirmed", "officer_proposal", row.id)
        return invite(collaborators, session, now, proposal_id=row.id)


def confirm_second(collaborators: Collaborators, username: str) -> Invitation:
    """Confirm the second administrator from the command line. Raises Conflict when there are two already."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        if _administrators(session) != 1:
            raise Conflict(
                "Only the second administrator is confirmed here; the others are confirmed at /console/users.",
                code="administrator_exists",
            )
        query = select(OfficerProposal.id).where(
            OfficerProposal.username == username,
            OfficerProposal.confirmed_at.is_(None),
            OfficerProposal.proposed_by.is_not(None),
            any_(OfficerProposal.roles) == Role.ADMINISTRATOR.value,
        )
        found = session.scalar(query.order_by(OfficerProposal.created_at.desc()).limit(1))
        if found is None:
            raise NotFound(f"No account of an administrator {username} is proposed.")
        row = _open_proposal(session, found, now)
        row.confirmed_at = now
        session.flush()
        audit_rows.record(session, now, SYSTEM, "officer_confirmed", "officer_proposal", row.id)
        return invite(collaborators, session, now, proposal_id=row.id)


def _open_proposal(session: Session, proposal_id: str, now: datetime) -> OfficerProposal:
    row = session.get(OfficerProposal, proposal_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such proposal.")
    if row.confirmed_at is not None or row.proposed_by is None or now - row.created_at >= GOOD_FOR:
        raise Conflict("This proposal was confirmed already or is too old.", code="account_proposal_over")
    return row
