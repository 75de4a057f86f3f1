"""Seal the audit: chain committed rows, sign checkpoints, keep them in a file outside, check the chain.

Only one sealer works at a time (advisory lock); a second one finds the lock taken and does nothing. Rows that are
committed and not sealed yet are the open window, two seconds at most while a worker runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, exists, insert, select, text
from sqlalchemy.orm import Session

from suchang.domain.audit.chain import (
    GENESIS,
    Checkpoint,
    Fault,
    Finding,
    Row,
    Seal,
    check,
    checkpoint_line,
    read_checkpoint,
    seal,
)
from suchang.domain.clock import Clock
from suchang.domain.errors import Invalid
from suchang.persistence.models import AuditCheckpoint, AuditEvent, AuditSeal, AuditUnsealed
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work

LOCK = 7306003
BATCH = 2000
UNSEALED_AFTER = timedelta(seconds=60)
"""A row that waits longer than this is reported by a check: the sealer is away, or somebody emptied its queue."""


class Signer:
    """The sealer's Ed25519 key, from 32 secret bytes."""

    def __init__(self, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self._public = self._private.public_key()

    def sign(self, message: bytes) -> bytes:
        """Sign a message."""
        return self._private.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a signature is this key's."""
        with suppress(InvalidSignature):
            self._public.verify(signature, message)
            return True
        return False


def seal_waiting(sessions: SessionFactory, clock: Clock, signer: Signer) -> int:
    """Chain up to a batch of waiting rows and sign a checkpoint, in one transaction; give how many were sealed."""
    with unit_of_work(sessions) as session:
        if not session.execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}).scalar_one():
            return 0
        waiting = session.execute(
            select(AuditEvent)
            .join(AuditUnsealed, AuditUnsealed.event_id == AuditEvent.id)
            .order_by(AuditUnsealed.event_id)
            .limit(BATCH)
        ).scalars()
        rows = [_row(one) for one in waiting]
        if not rows:
            return 0
        last = session.execute(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).scalar_one_or_none()
        before, position = (last.hash, last.position) if last is not None else (GENESIS, 0)
        seals, now = seal(before, position, rows), clock()
        session.execute(
            insert(AuditSeal),
            [{"position": s.position, "event_id": s.event_id, "hash": s.hash, "sealed_at": now} for s in seals],
        )
        session.execute(delete(AuditUnsealed).where(AuditUnsealed.event_id.in_([one.id for one in rows])))
        draft = Checkpoint(seals[-1].position, seals[-1].hash, now, b"")
        signature = signer.sign(draft.message())
        session.add(AuditCheckpoint(position=draft.position, hash=draft.hash, at=now, signature=signature))
        return len(rows)


def export_checkpoints(sessions: SessionFactory, anchor: Path) -> int:
    """Append the checkpoints that the file does not hold yet, and bring them to the disk; give how many."""
    known = _last_position(anchor)
    with unit_of_work(sessions) as session:
        new = [
            _checkpoint(one)
            for one in session.execute(
                select(AuditCheckpoint).where(AuditCheckpoint.position > known).order_by(AuditCheckpoint.position)
            ).scalars()
        ]
    if new:
        anchor.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with anchor.open("a", encoding="ascii") as file:
            file.writelines(checkpoint_line(one) + "\n" for one in new)
            file.flush()
            os.fsync(file.fileno())
    return len(new)


def _last_position(anchor: Path) -> int:
    """Return the last position in the file; a line torn by a crash is cut off first, it was never acknowledged."""
    try:
        content = anchor.read_bytes()
    except FileNotFoundError:
        return 0
    if content and not content.endswith(b"\n"):
        content = content[: content.rfind(b"\n") + 1]
        with anchor.open("r+b") as file:
            file.truncate(len(content))
    lines = content[-400:].decode("ascii").splitlines()
    return read_checkpoint(lines[-1]).position if lines else 0


def read_anchor(anchor: Path) -> list[Checkpoint]:
    """Read the file of checkpoints; raises Invalid with file and line for one that is none."""
    found = []
    for number, line in enumerate(anchor.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            found.append(read_checkpoint(line))
        except ValueError as error:
            raise Invalid(f"{anchor}:{number}: {error}.", code="bad_anchor") from error
    return found


def verify_chain(
    sessions: SessionFactory, clock: Clock, signer: Signer, anchor: Iterable[Checkpoint] = ()
) -> tuple[int, list[Finding]]:
    """Check the whole chain against the checkpoints inside and those of the anchor; give its length and the faults."""
    with unit_of_work(sessions) as session:
        # One snapshot, so that a sealer at work doesn't look like a fault.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return find_faults(session, clock, signer, anchor)


def find_faults(
    session: Session, clock: Clock, signer: Signer, anchor: Iterable[Checkpoint] = ()
) -> tuple[int, list[Finding]]:
    """Check the chain as the caller's transaction sees it."""
    kept = [_checkpoint(one) for one in session.execute(select(AuditCheckpoint)).scalars()]
    length = session.execute(select(AuditSeal.position).order_by(AuditSeal.position.desc()).limit(1)).scalar()
    findings = check(_chain(session), [*kept, *anchor], signer.verify)
    sealed = exists(select(AuditSeal.position).where(AuditSeal.event_id == AuditEvent.id))
    late = select(AuditEvent.id).where(AuditEvent.at < clock() - UNSEALED_AFTER, ~sealed)
    findings += [Finding(Fault.UNSEALED, one) for one in session.execute(late.limit(100)).scalars()]
    return length or 0, findings


def _chain(session: Session) -> Iterator[tuple[Seal, Row | None]]:
    rows = session.execute(
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=5000)
    )
    for sealed, event in rows:
        yield Seal(sealed.position, sealed.event_id, sealed.hash), None if event is None else _row(event)


def _row(one: AuditEvent) -> Row:
    return Row(one.id, one.at, one.actor_kind, one.actor_id, one.action, one.subject_kind, one.subject_id, one.data)


def _checkpoint(one: AuditCheckpoint) -> Checkpoint:
    return Checkpoint(one.position, one.hash, one.at, one.signature)
