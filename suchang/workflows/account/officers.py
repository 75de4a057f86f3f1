"""Officers of a demonstration, made with a known second factor; everywhere else they are invited (``invitations``)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyotp
from sqlalchemy import select

from suchang.domain.account.roles import CITIES, OFFICER_ROLES, Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Forbidden, Invalid
from suchang.domain.ids import new_id
from suchang.domain.people.identity import DocumentType, read_identity
from suchang.persistence.models import Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.passwords import hash_password
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import Actor
from suchang.workflows.runtime.collaborators import Collaborators

TOTP_ISSUER = "Su Chang Card"


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """A new account; the TOTP secret and its address for authenticator apps are shown once."""

    id: str
    totp_secret: str
    totp_uri: str


def register_officer(
    collaborators: Collaborators,
    actor: Actor,
    *,
    username: str,
    name: str,
    identity_number: str,
    roles: Collection[Role],
    password: str,
    city: str | None = None,
    totp_secret: str | None = None,
) -> NewOfficer:
    """Take a demo officer in. ``identity_number`` is that of the resident identity card; only its blind index is kept.

    Raises Forbidden outside a demonstration, Conflict for a user name that is taken, Invalid for an
    office that doesn't exist.
    """
    if not collaborators.settings.demo:
        raise Forbidden("Outside a demonstration, accounts are proposed, confirmed and opened by invitation.")
    if not roles or not OFFICER_ROLES.issuperset(roles):
        raise Invalid("Name at least one office that an officer can hold.", code="unknown_role")
    if city is not None and city not in CITIES:
        raise Invalid(f"{city} is not one of the 13 cities; write its GB/T 2260 code.", code="unknown_city")
    now = collaborators.clock()
    document = read_identity(
        DocumentType.RESIDENT_ID, identity_number, today=local_date(now), demo=collaborators.settings.demo
    )
    secret = totp_secret or pyotp.random_base32()
    kept = hash_password(password)
    with unit_of_work(collaborators.sessions) as session:
        if session.execute(select(Officer.id).where(Officer.username == username)).first():
            raise Conflict("This user name is taken.", code="username_taken")
        officer = Officer(
            id=new_id("off"),
            username=username,
            name=name,
            person_index=collaborators.vault.index(document.type.value, document.number),
            roles=sorted(role.value for role in roles),
            city=city,
            password_hash=kept,
            created_at=now,
        )
        officer.totp_cipher = collaborators.vault.encrypt(secret, officer.id)
        session.add(officer)
        audit_rows.record(
            session, now, actor, "officer_registered", "officer", officer.id, roles=officer.roles, city=city
        )
        uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=TOTP_ISSUER)
        return NewOfficer(officer.id, secret, uri)
