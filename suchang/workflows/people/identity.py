"""A person says who they are, once; afterwards only a window changes it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Invalid
from suchang.domain.people.identity import IdentityDocument, read_identity
from suchang.domain.people.names import read_name
from suchang.persistence.models import Application, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators

_LONGEST_ADDRESS = 254
_address = validate.Email()


def _is_address(text: str) -> bool:
    try:
        return bool(_address(text))
    except ValidationError:
        return False


def person_view(collaborators: Collaborators, person: Person) -> dict[str, Any]:
    """Show a person to themselves; of the identity number the first four and last two characters."""
    shown = None
    if person.identity_cipher is not None:
        number = collaborators.vault.decrypt(person.identity_cipher, person.id)
        shown = {"type": person.identity_type, "number": number[:4] + "*" * (len(number) - 6) + number[-2:]}
    return {
        "id": person.id,
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "identity": shown,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "city": person.city,
        "language": person.language,
    }


def me(collaborators: Collaborators, actor: HolderActor) -> dict[str, Any]:
    """Show the signed-in person."""
    with unit_of_work(collaborators.sessions) as session:
        return person_view(collaborators, session.get_one(Person, actor.person_id))


def set_identity(session: Session, collaborators: Collaborators, person: Person, document: IdentityDocument) -> None:
    """Encrypt and index a checked identity document on a person's row."""
    index = collaborators.vault.index(document.type.value, document.number)
    # Asked before anything is written: the constraint would answer first, and without the way out.
    if session.execute(select(Person.id).where(Person.identity_index == index, Person.id != person.id)).first():
        raise Conflict(
            "This identity document belongs to another account: sign in with the phone of that account, or have it"
            " recovered at a service window.",
            code="identity_taken",
        )
    person.identity_type, person.identity_index = document.type.value, index
    person.identity_cipher = collaborators.vault.encrypt(document.number, person.id)
    if document.birth_date is not None:
        person.birth_date = document.birth_date


def _is_submitted(session: Session, person: Person) -> bool:
    """Tell whether anything was ever handed in under the name that a person has."""
    handed_in = select(Application.id).where(Application.person_id == person.id, Application.submitted_at.is_not(None))
    return session.execute(handed_in.limit(1)).first() is not None


def identify(
    collaborators: Collaborators,
    actor: HolderActor,
    *,
    name: str,
    document_type: str,
    number: str,
    city: str | None = None,
    language: str | None = None,
) -> dict[str, Any]:
    """Take down who somebody is. Raises Invalid for a bad document, Conflict for one that is taken or already fixed."""
    now, spelled = collaborators.clock(), read_name(name)
    document = read_identity(document_type, number, today=local_date(now), demo=collaborators.settings.demo)
    with unit_of_work(collaborators.sessions) as session:
        person = session.get_one(Person, actor.person_id, with_for_update=True)
        index = collaborators.vault.index(document.type.value, document.number)
        if person.identity_index is not None and person.identity_index != index:
            raise Conflict("Your identity is on file; a service window can change it.", code="identity_fixed")
        if spelled != person.name and _is_submitted(session, person):
            raise Conflict("Your name is on file; a service window can correct it.", code="identity_fixed")
        if person.identity_index is None:
            set_identity(session, collaborators, person, document)
        person.name = spelled
        person.city = city or person.city
        person.language = language or person.language
        audit_rows.record(session, now, actor, "identified", "person", person.id)
        return person_view(collaborators, person)


def set_email(collaborators: Collaborators, actor: HolderActor, email: str | None) -> dict[str, Any]:
    """Take down, or forget, the address to which messages about the own case also go. Raises Invalid for none."""
    if email is not None and (len(email) > _LONGEST_ADDRESS or not _is_address(email)):
        raise Invalid("That is not an e-mail address; write one such as name@example.org.", code="no_address")
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        person = session.get_one(Person, actor.person_id, with_for_update=True)
        if person.email != email:
            person.email = email
            audit_rows.record(session, now, actor, "email_changed", "person", person.id)
        return person_view(collaborators, person)
