"""The issuer's keys in the database, and the ring that running programs hold of them.

A ring is read again when it is older than five seconds, so that a rotation or a revocation reaches every worker well
within the 60 seconds promised, and a verification pays nothing for it.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suchang.credentials.issue.key_vault import SealedKey
from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.token.algorithms import ES256
from suchang.credentials.verify.key_ring import KeyRing, KeyState, RingKey
from suchang.domain.errors import Conflict, NotFound, Unavailable
from suchang.persistence.models import SigningKey
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import SYSTEM, Actor
from suchang.workflows.runtime.collaborators import Collaborators

MAX_AGE_SECONDS = 5.0
ROTATION_GRACE = timedelta(seconds=60)
"""A worker that read its ring just before a rotation signs with the old key for some seconds more: believed."""


def _open(collaborators: Collaborators, row: SigningKey) -> SoftwareSigner:
    if row.private_cipher is None or row.kek_id is None:
        raise Unavailable("The active key lives in a hardware module that is not attached.")
    return collaborators.key_vault.open(SealedKey(row.private_cipher, row.kek_id), row.kid)


def _ring_key(issuer: str, row: SigningKey) -> RingKey:
    start = row.active_from or row.created_at
    return RingKey(
        iss=issuer,
        kid=row.kid,
        public=ES256.from_jwk(row.public_jwk),
        algorithm=ES256,
        state=KeyState(row.state),
        active_from=int(start.timestamp()),
        active_until=int(row.active_until.timestamp()) if row.active_until else None,
    )


class Keys:
    """The ring and the active signer of one process, read again every five seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = -1e9
        self._ring: KeyRing | None = None
        self._signer: SoftwareSigner | None = None

    def forget(self) -> None:
        """Read again at the next use."""
        self._read_at = -1e9

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at >= MAX_AGE_SECONDS

    def _load(self, collaborators: Collaborators, session: Session) -> None:
        with self._lock:
            if self._ring is not None and not self._is_old():
                return
            rows = session.execute(select(SigningKey).order_by(SigningKey.created_at)).scalars().all()
            bits = {slug: service.domain.bit for slug, service in collaborators.services.items()}
            ring = KeyRing(
                [_ring_key(collaborators.issuer, row) for row in rows], issuers=[collaborators.issuer], domains=bits
            )
            active = next((row for row in rows if row.state == KeyState.ACTIVE.value), None)
            if active is None:
                self._signer = None
            elif self._signer is None or self._signer.kid != active.kid:
                self._signer = _open(collaborators, active)
            self._ring, self._read_at = ring, time.monotonic()

    def read_again(self) -> bool:
        """Drop a ring that is over a second old, because a code names a key that it lacks; true if it was dropped."""
        if time.monotonic() - self._read_at < 1:
            return False
        self.forget()
        return True

    def ring(self, collaborators: Collaborators, session: Session | None = None) -> KeyRing:
        """Return the ring of all keys that are not revoked; reads it in a transaction of its own without a session."""
        if session is not None:
            self._load(collaborators, session)
        elif self._ring is None or self._is_old():
            with unit_of_work(collaborators.sessions) as own:
                self._load(collaborators, own)
        if self._ring is None:
            raise Unavailable("The key ring could not be read.")
        return self._ring

    def signer(self, collaborators: Collaborators, session: Session) -> SoftwareSigner:
        """Return the active signer; raises Unavailable when there is none."""
        self._load(collaborators, session)
        if self._signer is None:
            raise Unavailable("No signing key is active; run `suchang keys rotate`.", code="no_active_key")
        return self._signer


def _add(collaborators: Collaborators, session: Session, state: KeyState, now: datetime) -> SigningKey:
    signer = SoftwareSigner.generate()
    while not signer.kid[0].isalnum():
        # A name that begins with "-" would be read as an option on the command line.
        signer = SoftwareSigner.generate()
    sealed = collaborators.key_vault.seal(signer)
    row = SigningKey(
        kid=signer.kid,
        algorithm=signer.alg,
        public_jwk=signer.jwk,
        private_cipher=sealed.cipher,
        kek_id=sealed.kek_id,
        state=state.value,
        active_from=now if state is KeyState.ACTIVE else None,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def ensure_keys(collaborators: Collaborators) -> None:
    """Make an active and a next key where a new installation has none; processes that start together queue up."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        session.execute(select(func.pg_advisory_xact_lock(7306002)))
        states = set(session.execute(select(SigningKey.state).with_for_update()).scalars())
        for state in (KeyState.ACTIVE, KeyState.NEXT):
            if state.value not in states:
                row = _add(collaborators, session, state, now)
                audit_rows.record(session, now, SYSTEM, f"key_{state.value}", "signing_key", row.kid)


def rotate(collaborators: Collaborators, actor: Actor) -> dict[str, str]:
    """Retire the active key, activate the next one and publish a new next one."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(select(SigningKey).with_for_update()).scalars().all()
        active = next((row for row in rows if row.state == "active"), None)
        coming = next((row for row in rows if row.state == "next"), None)
        if coming is None:
            coming = _add(collaborators, session, KeyState.NEXT, now)
        if active is not None:
            active.state, active.active_until = "retired", now + ROTATION_GRACE
            session.flush()
        coming.state, coming.active_from = "active", now
        fresh = _add(collaborators, session, KeyState.NEXT, now)
        audit_rows.record(session, now, actor, "keys_rotated", "signing_key", coming.kid, retired=active and active.kid)
        collaborators.keys.forget()
        return {"active": coming.kid, "retired": active.kid if active else "", "next": fresh.kid}


def revoke(collaborators: Collaborators, actor: Actor, kid: str) -> None:
    """Take a key out of the ring for good; what it signed is refused everywhere from now on."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(SigningKey, kid, with_for_update=True)
        if row is None:
            raise NotFound(f"There is no key {kid}.")
        if row.state == "active":
            raise Conflict("Rotate first: this is the key that signs.", code="key_active")
        row.state, row.revoked_at = "revoked", now
        audit_rows.record(session, now, actor, "key_revoked", "signing_key", kid)
        collaborators.keys.forget()


def reseal(collaborators: Collaborators, actor: Actor) -> int:
    """Encrypt every private key again under the current key-encryption key; gives how many were not yet."""
    now = collaborators.clock()
    done = 0
    with unit_of_work(collaborators.sessions) as session:
        for row in session.execute(select(SigningKey).with_for_update()).scalars():
            if row.private_cipher is None or row.kek_id is None:
                continue
            sealed = SealedKey(row.private_cipher, row.kek_id)
            if not collaborators.key_vault.is_current(sealed):
                fresh = collaborators.key_vault.reseal(sealed, row.kid)
                row.private_cipher, row.kek_id = fresh.cipher, fresh.kek_id
                audit_rows.record(session, now, actor, "key_resealed", "signing_key", row.kid)
                done += 1
    return done


def list_keys(collaborators: Collaborators) -> list[dict[str, Any]]:
    """List all keys, oldest first, without their private parts."""
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(select(SigningKey).order_by(SigningKey.created_at)).scalars()
        return [
            {
                "kid": row.kid,
                "algorithm": row.algorithm,
                "state": row.state,
                "active_from": row.active_from.isoformat() if row.active_from else None,
                "active_until": row.active_until.isoformat() if row.active_until else None,
            }
            for row in rows
        ]


def jwks(collaborators: Collaborators) -> dict[str, Any]:
    """Publish the ring as a JWK set."""
    with unit_of_work(collaborators.sessions) as session:
        return collaborators.keys.ring(collaborators, session).jwks(
            collaborators.issuer, int(collaborators.clock().timestamp())
        )
