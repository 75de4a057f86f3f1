"""The phones of a holder: each proves that it keeps a key, and can be taken off from anywhere."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import func, select

from suchang.credentials.issue.proof_of_possession import check_possession
from suchang.credentials.issue.signer import thumbprint
from suchang.credentials.token.encoding import b64url_text
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import Credential, Device, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.credential.credentials import live_card, revoke_credential
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer, Retry, once

MAX_DEVICES = 3


def register_device(
    collaborators: Collaborators,
    actor: HolderActor,
    *,
    name: str,
    jwk: dict[str, str],
    proof: str,
    retry: Retry | None = None,
) -> Answer:
    """Take down a phone's public key after it proved that it holds the private one; at most three phones a card.

    ``proof`` is a JWT signed by that key over a challenge of ours; see ``device_challenge``.
    """
    now = collaborators.clock()
    if not any(
        check_possession(jwk, proof, collaborators.issuer, nonce) for nonce in _challenges(collaborators, actor, now)
    ):
        raise Invalid(
            "The phone did not prove that it holds this key; ask for a challenge and sign it.", code="bad_proof"
        )
    with unit_of_work(collaborators.sessions) as session:

        def act() -> Answer:
            session.get_one(Person, actor.person_id, with_for_update=True)
            live_card(session, actor.person_id)
            count = session.execute(
                select(func.count()).where(Device.person_id == actor.person_id, Device.removed_at.is_(None))
            ).scalar_one()
            if count >= MAX_DEVICES:
                raise Conflict(
                    f"A card lives on at most {MAX_DEVICES} phones; remove one first.", code="too_many_devices"
                )
            key = {member: jwk[member] for member in ("kty", "crv", "x", "y")}
            print_ = thumbprint(key)
            if session.execute(
                select(Device.id).where(Device.thumbprint == print_, Device.removed_at.is_(None))
            ).first():
                raise Conflict("This key is registered already.", code="device_known")
            device = Device(
                id=new_id("dev"), person_id=actor.person_id, name=name, jwk=key, thumbprint=print_, created_at=now
            )
            session.add(device)
            audit_rows.record(session, now, actor, "device_added", "device", device.id)
            return Answer({"id": device.id, "name": device.name, "added_at": rfc3339(now)})

        return once(session, retry, now, act)


def device_challenge(collaborators: Collaborators, actor: HolderActor) -> str:
    """Return the nonce that a phone signs to prove its key; good for two to four minutes.

    It is computed, not stored: a second registration of the same key is refused anyway.
    """
    return _challenges(collaborators, actor, collaborators.clock())[0]


def _challenges(collaborators: Collaborators, actor: HolderActor, now: datetime) -> tuple[str, str]:
    window = int(now.timestamp()) // 120
    return _challenge(collaborators, actor, window), _challenge(collaborators, actor, window - 1)


def _challenge(collaborators: Collaborators, actor: HolderActor, window: int) -> str:
    message = f"device challenge|{actor.person_id}|{window}".encode()
    return b64url_text(hmac.digest(collaborators.settings.secret_key, message, hashlib.sha256)[:16])


def remove_device(collaborators: Collaborators, actor: HolderActor, device_id: str) -> None:
    """Take a phone off the card, from anywhere; its credentials are revoked at once."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        device = session.get(Device, device_id, with_for_update=True)
        if device is None or device.person_id != actor.person_id or device.removed_at is not None:
            raise NotFound("You have no such device.")
        device.removed_at = now
        held = session.execute(
            select(Credential).where(Credential.device_id == device.id, Credential.revoked_at.is_(None))
        ).scalars()
        for credential in held:
            revoke_credential(session, credential, now)
        audit_rows.record(session, now, actor, "device_removed", "device", device.id)
