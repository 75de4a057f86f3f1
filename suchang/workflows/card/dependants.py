"""Dependants: a holder declares them with evidence, an officer confirms, guardians consent for children under 14."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Forbidden, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.people.identity import mask_name, read_identity
from suchang.domain.redemption import completed_years
from suchang.domain.redemption.rules import GUARDIAN_CONSENT_UNDER
from suchang.domain.vocabulary import Relation
from suchang.persistence.models import Card, Credential, Dependant, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.credential.credential_subjects import obstacle
from suchang.workflows.credential.credentials import revoke_credential
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

MOST = 12
"""Dependants of one principal; an assumption."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a holder says of a dependant; ``born`` is needed where the document doesn't tell."""

    relation: Relation
    name: str
    identity_type: str
    identity_number: str
    evidence: dict[str, Any]
    born: date | None = None
    guardian_consent: bool = False


def dependant_view(row: Dependant, today: date) -> dict[str, Any]:
    """Show a dependant to the principal or an officer: masked name, relation, what is confirmed and consented to."""
    young = completed_years(row.birth_date, today) < GUARDIAN_CONSENT_UNDER
    return {
        "id": row.id,
        "relation": row.relation,
        "name": mask_name(row.name),
        "birth_date": row.birth_date.isoformat(),
        "confirmed": row.confirmed_at is not None,
        "consent": row.guardian_consent_at is not None if young else None,
    }


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List the signed-in person's dependants: relation, whether an officer has confirmed them, and ``obstacle``.

    That is why somebody has no code of their own (``bearers.OBSTACLES``, or ``no_card``), None where they may have one.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card = session.execute(
            select(Card).where(Card.person_id == actor.person_id, Card.state == "active")
        ).scalar_one_or_none()
        rows = session.execute(
            select(Dependant)
            .where(Dependant.principal_id == actor.person_id, Dependant.removed_at.is_(None))
            .order_by(Dependant.created_at, Dependant.id)
        ).scalars()
        return [
            dependant_view(row, local_date(now))
            | {"obstacle": obstacle(collaborators, card, row, now) if card else "no_card"}
            for row in rows
        ]


def declare(collaborators: Collaborators, actor: HolderActor, said: Declaration) -> dict[str, Any]:
    """Declare a dependant; an officer has to confirm before anything is granted.

    Who was removed may be declared again and keeps the id. Raises Invalid for a document or birth date that can't be,
    Conflict for somebody who is there already, a second spouse, or too many.
    """
    now = collaborators.clock()
    today = local_date(now)
    document = read_identity(said.identity_type, said.identity_number, today=today, demo=collaborators.settings.demo)
    born = document.birth_date or said.born
    if born is None or not date(1900, 1, 1) <= born <= today:
        raise Invalid("Say when this person was born; the document does not tell.", code="birth_date_needed")
    index = collaborators.vault.index(document.type.value, document.number)
    with unit_of_work(collaborators.sessions) as session:
        # One at a time for each principal, so that the limits below hold.
        principal = session.get_one(Person, actor.person_id, with_for_update=True)
        if principal.identity_index == index:
            raise Invalid("Nobody is their own dependant.", code="own_dependant")
        if said.relation is Relation.CHILD and principal.birth_date is not None and born <= principal.birth_date:
            raise Invalid("A child is younger than the principal.", code="birth_date_impossible")
        family = session.execute(select(Dependant).where(Dependant.principal_id == principal.id)).scalars().all()
        there = [one for one in family if one.removed_at is None]
        known = next((one for one in family if one.identity_index == index), None)
        if known is not None and known.removed_at is None:
            raise Conflict("This person is declared already.", code="already_declared")
        if said.relation is Relation.SPOUSE and any(one.relation == Relation.SPOUSE for one in there):
            raise Conflict("A spouse is declared already; remove that one first.", code="second_spouse")
        if len(there) >= MOST:
            raise Conflict(f"At most {MOST} dependants.", code="too_many_dependants")
        row = known or Dependant(id=new_id("dep"), principal_id=principal.id, identity_index=index, created_at=now)
        row.relation, row.name, row.birth_date = said.relation.value, said.name, born
        row.identity_type = document.type.value
        row.identity_cipher = collaborators.vault.encrypt(document.number, row.id)
        row.evidence = said.evidence
        row.guardian_consent_at = now if said.guardian_consent else None
        row.confirmed_by = row.confirmed_at = row.removed_at = None
        session.add(row)
        audit_rows.record(session, now, actor, "dependant_declared", "dependant", row.id, relation=row.relation)
        return dependant_view(row, today)


def consent(collaborators: Collaborators, actor: HolderActor, dependant_id: str, *, given: bool) -> dict[str, Any]:
    """Give or take back the guardian's consent to the use of a child's data."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _own(session, actor, dependant_id)
        if row.relation != Relation.CHILD:
            raise Conflict("Only for a child is a guardian's consent asked.", code="no_guardian")
        row.guardian_consent_at = now if given else None
        if not given:
            # The phone asks again; a child who has turned fourteen since gets new ones.
            _void(session, row, now)
        action = "consent_given" if given else "consent_withdrawn"
        audit_rows.record(session, now, actor, action, "dependant", row.id)
        return dependant_view(row, local_date(now))


def remove(collaborators: Collaborators, actor: HolderActor, dependant_id: str) -> None:
    """Remove a dependant: nothing more is granted, and their own credentials are revoked."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        _take_off(session, row := _own(session, actor, dependant_id), now)
        audit_rows.record(session, now, actor, "dependant_removed", "dependant", row.id)


def decide(
    collaborators: Collaborators, officer: OfficerActor, dependant_id: str, *, confirm: bool, reason: str
) -> dict[str, Any]:
    """Confirm a declared dependant on the evidence, or turn the declaration down with a reason.

    Officers see the principals of their cities; nobody decides on their own family.
    """
    officer.need(Role.REVIEWER, Role.APPROVER)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(Dependant, dependant_id, with_for_update=True)
        principal = session.get(Person, row.principal_id) if row is not None else None
        if row is None or principal is None or row.removed_at is not None or not _sees(session, officer, principal):
            raise NotFound("There is no such dependant.")
        if officer.person_index in (principal.identity_index, row.identity_index):
            raise Forbidden("Nobody decides on their own family.", code="own_case")
        if row.confirmed_at is not None:
            raise Conflict("This dependant is confirmed already.", code="already_confirmed")
        if confirm:
            row.confirmed_by, row.confirmed_at = officer.officer_id, now
        else:
            _take_off(session, row, now)
        action = "dependant_confirmed" if confirm else "dependant_refused"
        audit_rows.record(session, now, officer, action, "dependant", row.id, reason=reason)
        return dependant_view(row, local_date(now)) | {"evidence": row.evidence}


def waiting(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List declared dependants that wait for an officer of their principal's city, the longest waiting first."""
    officer.need(Role.REVIEWER, Role.APPROVER)
    query = select(Dependant).where(Dependant.confirmed_at.is_(None), Dependant.removed_at.is_(None))
    if officer.city is not None:
        cities = select(Card.person_id).where(Card.city == officer.city)
        query = query.where(Dependant.principal_id.in_(cities))
    today = local_date(collaborators.clock())
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(Dependant.created_at, Dependant.id).limit(100)).scalars()
        return [dependant_view(row, today) | {"evidence": row.evidence} for row in rows]


def _sees(session: Session, officer: OfficerActor, principal: Person) -> bool:
    if officer.city is None:
        return True
    query = select(Card.id).where(Card.person_id == principal.id, Card.city == officer.city)
    return session.execute(query).first() is not None


def _own(session: Session, actor: HolderActor, dependant_id: str) -> Dependant:
    row = session.get(Dependant, dependant_id, with_for_update=True)
    if row is None or row.principal_id != actor.person_id or row.removed_at is not None:
        raise NotFound("There is no such dependant.")
    return row


def _take_off(session: Session, row: Dependant, now: datetime) -> None:
    row.removed_at = now
    _void(session, row, now)


def _void(session: Session, row: Dependant, now: datetime) -> None:
    """Revoke what a dependant could show; the caller has locked the dependant's row, the card's comes after it."""
    session.execute(select(Card.id).where(Card.person_id == row.principal_id).order_by(Card.id).with_for_update())
    held = session.execute(
        select(Credential).where(Credential.dependant_id == row.id, Credential.revoked_at.is_(None))
    ).scalars()
    for credential in held:
        revoke_credential(session, credential, now)
