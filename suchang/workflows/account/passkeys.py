"""Passkeys of holders: added while freshly signed in, used to sign in, removed at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Forbidden, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import Passkey, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account import passkey_ceremony as ceremony
from suchang.workflows.account.sessions import UNKNOWN, Browser, open_session
from suchang.workflows.account.sign_in import SignedIn
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.notification import notifications
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators

MAX_PASSKEYS = 10
FRESH = timedelta(minutes=15)
"""How long after signing in somebody may change how they sign in (assumption; OWASP ASVS 5.0, 7.5.1)."""


def need_fresh(collaborators: Collaborators, actor: HolderActor) -> None:
    """Raise Forbidden unless the person signed in a moment ago: a stolen session must not become a key of its own."""
    if actor.signed_in_at is None or collaborators.clock() - actor.signed_in_at >= FRESH:
        raise Forbidden("Sign in again first: this changes how you sign in.", code="sign_in_again")


def _view(row: Passkey) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "added_at": rfc3339(row.created_at),
        "last_used_at": rfc3339(row.last_used_at) if row.last_used_at else None,
        "backed_up": row.backed_up,
    }


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List the person's passkeys, oldest first."""
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(
            select(Passkey)
            .where(Passkey.person_id == actor.person_id, Passkey.removed_at.is_(None))
            .order_by(Passkey.created_at, Passkey.id)
        ).scalars()
        return [_view(row) for row in rows]


def options_to_add(collaborators: Collaborators, actor: HolderActor) -> dict[str, Any]:
    """Return the options with which a browser makes a new passkey for the signed-in person."""
    need_fresh(collaborators, actor)
    with unit_of_work(collaborators.sessions) as session:
        phone = session.get_one(Person, actor.person_id).phone or ""
        known = session.execute(
            select(Passkey.credential_id).where(Passkey.person_id == actor.person_id, Passkey.removed_at.is_(None))
        ).scalars()
        taken = list(known)
    return ceremony.registration_options(
        collaborators, person_id=actor.person_id, user_name=phone or "苏畅卡", known=taken
    )


def add(
    collaborators: Collaborators, actor: HolderActor, *, name: str, credential: Mapping[str, Any]
) -> dict[str, Any]:
    """Take a new passkey in. Raises Unauthenticated for a used challenge, Invalid for an answer that is not good."""
    need_fresh(collaborators, actor)
    now = collaborators.clock()
    challenge = ceremony.take_challenge(collaborators, credential, actor.person_id, now)
    key = ceremony.read_new_key(collaborators, credential, challenge)
    if key is None:
        raise Invalid("This passkey can't be taken: it was not made for this page.", code="bad_passkey")
    with unit_of_work(collaborators.sessions) as session:
        session.get_one(Person, actor.person_id, with_for_update=True)
        count = session.execute(
            select(func.count()).where(Passkey.person_id == actor.person_id, Passkey.removed_at.is_(None))
        ).scalar_one()
        if count >= MAX_PASSKEYS:
            raise Conflict(f"At most {MAX_PASSKEYS} passkeys; remove one first.", code="too_many_passkeys")
        if session.execute(select(Passkey.id).where(Passkey.credential_id == key.credential_id)).first():
            raise Conflict("This passkey is registered already.", code="passkey_known")
        transports = credential["response"].get("transports", [])
        row = Passkey(
            id=new_id("psk"),
            person_id=actor.person_id,
            credential_id=key.credential_id,
            public_key=key.public_key,
            sign_count=key.sign_count,
            name=name,
            transports=transports,
            backed_up=key.backed_up,
            created_at=now,
        )
        session.add(row)
        audit_rows.record(session, now, actor, "passkey_added", "passkey", row.id)
        notifications.tell_account(session, actor.person_id, "passkey_added", now)
        return _view(row)


def remove(collaborators: Collaborators, actor: HolderActor, passkey_id: str) -> None:
    """Take a passkey off the account; from then on it signs nobody in."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(Passkey, passkey_id, with_for_update=True)
        if row is None or row.person_id != actor.person_id or row.removed_at is not None:
            raise NotFound("You have no such passkey.")
        row.removed_at, row.removed_because = now, "holder"
        audit_rows.record(session, now, actor, "passkey_removed", "passkey", row.id)


def sign_in(collaborators: Collaborators, credential: Mapping[str, Any], browser: Browser = UNKNOWN) -> SignedIn | None:
    """Sign the owner of a passkey in; None for any answer that is not good, with no hint which part.

    A good signature with a counter that did not grow means that two copies of the key are about: the passkey is
    taken off the account, and the refusal commits.
    """
    now = collaborators.clock()
    challenge = ceremony.take_challenge(collaborators, credential, "", now)
    with unit_of_work(collaborators.sessions) as session:
        row = session.execute(
            select(Passkey).where(Passkey.credential_id == ceremony.credential_id(credential)).with_for_update()
        ).scalar_one_or_none()
        if row is None or row.removed_at is not None or ceremony.named_owner(credential) != row.person_id:
            return None
        owner = HolderActor(row.person_id)
        counted = ceremony.read_signature(collaborators, credential, challenge, row.public_key)
        if counted is None:
            audit_rows.record(session, now, owner, "sign_in_failed", "passkey", row.id)
            return None
        if (counted or row.sign_count) and counted <= row.sign_count:
            row.removed_at, row.removed_because = now, "cloned"
            audit_rows.record(session, now, owner, "passkey_cloned", "passkey", row.id)
            return None
        row.sign_count, row.last_used_at = counted, now
        token = open_session(collaborators, session, "holder", row.person_id, method="passkey", browser=browser)
        audit_rows.record(session, now, owner, "signed_in", "person", row.person_id, passkey=row.id)
        return SignedIn(token, row.person_id)
