"""A holder who lost their phone number comes to a window with their identity document.

The officer at the window sees the document and asks for the new number with a reason; a second officer confirms. Then
everything ends that the old phone could still do: sessions, passkeys, bound phones. The old number is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Conflict, Forbidden, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.people.identity import mask_name, read_identity
from suchang.domain.people.telephone import read_phone
from suchang.persistence.models import (
    AccountRecovery,
    Application,
    Card,
    Credential,
    Device,
    Officer,
    Passkey,
    Person,
    PersonIdentity,
    SignInSession,
)
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.credential.credentials import revoke_credential
from suchang.workflows.notification import notifications
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

ASKING: Final = frozenset({Role.REVIEWER, Role.SPECIALIST})
"""Who sits at a window and looks at documents (assumption)."""
CONFIRMING: Final = frozenset({Role.SUPERVISOR, Role.APPROVER})
"""Who confirms what was seen there (assumption)."""
GOOD_FOR: Final = timedelta(hours=24)


def masked_phone(phone: str | None) -> str:
    """Show of a telephone number its last four digits."""
    return "*" * (len(phone) - 4) + phone[-4:] if phone else ""


def propose(
    collaborators: Collaborators,
    officer: OfficerActor,
    *,
    document_type: str,
    number: str,
    phone: str,
    reason: str,
    seen: bool,
) -> dict[str, Any]:
    """Ask for another phone number for the person of an identity document that lies on the table.

    Raises NotFound for a document of nobody in the officer's city, Forbidden for the officer's own, Conflict for a
    number that is theirs already or somebody else's, and while another request waits.
    """
    officer.need(*ASKING)
    _in_person(officer)
    if not seen:
        raise Invalid("Look at the identity document and the person first.", code="document_not_seen")
    now, wanted = collaborators.clock(), read_phone(phone)
    document = read_identity(document_type, number, today=local_date(now), demo=collaborators.settings.demo)
    with unit_of_work(collaborators.sessions) as session:
        index = collaborators.vault.index(document.type.value, document.number)
        person = session.execute(
            select(Person).where(Person.identity_index == index).with_for_update()
        ).scalar_one_or_none()
        if person is None or not _in_scope(session, officer, person):
            raise NotFound("There is nobody with this document in your city.", code="holder_not_found")
        _not_their_own(session, officer, person.id)
        _number_is_free(session, person, wanted)
        if session.execute(_waiting(now).where(AccountRecovery.person_id == person.id)).first():
            raise Conflict("A request for this person waits already.", code="recovery_waits")
        row = AccountRecovery(
            id=new_id("rcv"), person_id=person.id, new_phone=wanted, old_phone=person.phone,
            document_type=document.type.value, reason=reason, proposed_by=officer.officer_id,
            proposer_index=officer.person_index, created_at=now,
        )  # fmt: skip
        session.add(row)
        audit_rows.record(session, now, officer, "account_recovery_proposed", "person", person.id, recovery=row.id)
        return _view(collaborators, row, person, officer.name, officer)


def _in_person(officer: OfficerActor) -> None:
    if officer.acts_for is not None:
        raise Forbidden("Accounts are recovered under one's own name, not as a deputy.", code="not_as_deputy")


def _in_scope(session: Session, officer: OfficerActor, person: Person) -> bool:
    """Tell whether the person lives in the officer's city, or holds a card of it."""
    if officer.city is None or person.city == officer.city:
        return True
    held = select(Card.id).where(Card.person_id == person.id, Card.city == officer.city)
    return session.execute(held).first() is not None


def _not_their_own(session: Session, officer: OfficerActor, person_id: str) -> None:
    own = select(PersonIdentity.person_id).where(
        PersonIdentity.person_id == person_id, PersonIdentity.identity_index == officer.person_index
    )
    if session.execute(own).first():
        raise Forbidden("Nobody recovers their own account.", code="four_eyes")


def _number_is_free(session: Session, person: Person, phone: str) -> Person | None:
    """Return the empty account that the holder made by trying the new number, if there is one.

    Raises Conflict for the number that they have, or that belongs to somebody.
    """
    if person.phone == phone:
        raise Conflict("This is the number that the account has.", code="same_phone")
    other = session.execute(select(Person).where(Person.phone == phone).with_for_update()).scalar_one_or_none()
    if other is None:
        return None
    used = session.execute(select(Application.id).where(Application.person_id == other.id)).first()
    if other.identity_index is not None or used:
        raise Conflict("This number belongs to somebody else's account.", code="phone_taken")
    return other


def _waiting(now: datetime) -> Any:
    return select(AccountRecovery).where(
        AccountRecovery.confirmed_at.is_(None), AccountRecovery.created_at > now - GOOD_FOR
    )


def waiting(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the requests of the officer's city that wait for a second officer, the oldest first."""
    officer.need(*ASKING, *CONFIRMING)
    asked_by = aliased(Officer)
    with unit_of_work(collaborators.sessions) as session:
        query = (
            _waiting(collaborators.clock())
            .add_columns(Person, asked_by.name)
            .join(Person, Person.id == AccountRecovery.person_id)
            .join(asked_by, asked_by.id == AccountRecovery.proposed_by)
            .order_by(AccountRecovery.created_at, AccountRecovery.id)
        )
        if officer.city is not None:
            held = select(Card.id).where(Card.person_id == Person.id, Card.city == officer.city).exists()
            query = query.where(or_(Person.city == officer.city, held))
        return [_view(collaborators, row, person, name, officer) for row, person, name in session.execute(query)]


def _view(
    collaborators: Collaborators, row: AccountRecovery, person: Person, asked_by: str, officer: OfficerActor
) -> dict[str, Any]:
    number = collaborators.vault.decrypt(person.identity_cipher, person.id) if person.identity_cipher else ""
    theirs = officer.person_index == row.proposer_index
    return {
        "id": row.id,
        "name": mask_name(person.name),
        "city": person.city,
        "document": {"type": row.document_type, "number": number[:4] + "*" * max(0, len(number) - 6) + number[-2:]},
        "old_phone": masked_phone(row.old_phone),
        "new_phone": row.new_phone,
        "reason": row.reason,
        "asked_by": asked_by,
        "asked_at": rfc3339(row.created_at),
        "good_until": rfc3339(row.created_at + GOOD_FOR),
        "can_confirm": not theirs and not CONFIRMING.isdisjoint(officer.roles),
    }


def confirm(collaborators: Collaborators, officer: OfficerActor, recovery_id: str) -> None:
    """Confirm a colleague's request: the number changes, and everything ends that the old phone could still do."""
    officer.need(*CONFIRMING)
    _in_person(officer)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(AccountRecovery, recovery_id, with_for_update=True)
        person = session.get(Person, row.person_id, with_for_update=True) if row is not None else None
        if row is None or person is None or not _in_scope(session, officer, person):
            raise NotFound("There is no such request.")
        if officer.person_index == row.proposer_index:
            raise Forbidden("A second, different officer must confirm.", code="four_eyes")
        _not_their_own(session, officer, person.id)
        if row.confirmed_at is not None or now - row.created_at >= GOOD_FOR:
            raise Conflict("This request was confirmed already or is older than a day.", code="proposal_over")
        empty = _number_is_free(session, person, row.new_phone)
        row.confirmed_by, row.confirmer_index, row.confirmed_at = officer.officer_id, officer.person_index, now
        if empty is not None:
            empty.phone = None
        session.flush()
        person.phone = row.new_phone
        ended = _end_everything(session, person.id, now)
        if row.old_phone:
            notifications.tell_account(session, person.id, "phone_changed", now, phone=row.old_phone)
        notifications.tell_account(session, person.id, "phone_changed", now)
        audit_rows.record(
            session, now, officer, "account_recovery_confirmed", "person", person.id, recovery=row.id, **ended
        )


def _end_everything(session: Session, person_id: str, now: datetime) -> dict[str, int]:
    """End what the lost phone could still do; gives how many of each."""
    passkeys = session.execute(
        select(Passkey).where(Passkey.person_id == person_id, Passkey.removed_at.is_(None))
    ).scalars()
    devices = session.execute(
        select(Device).where(Device.person_id == person_id, Device.removed_at.is_(None)).with_for_update()
    ).scalars()
    counts = {"sessions": 0, "passkeys": 0, "devices": 0}
    counts["sessions"] = end_sessions(
        session, now, SignInSession.kind == "holder", SignInSession.subject_id == person_id
    )
    for passkey in passkeys:
        passkey.removed_at, passkey.removed_because = now, "recovered"
        counts["passkeys"] += 1
    for device in devices.all():
        device.removed_at = now
        counts["devices"] += 1
        held = select(Credential).where(Credential.device_id == device.id, Credential.revoked_at.is_(None))
        for credential in session.execute(held).scalars().all():
            revoke_credential(session, credential, now)
    return counts
