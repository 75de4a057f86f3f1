"""The audit and its chain: rows, seals, checkpoints, and what waits to be sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class AuditEvent(Base):
    """One act: who did what to which thing. INSERT-only; ids, never personal data."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_id", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    data: Mapped[dict[str, Any]]


class AuditSeal(Base):
    """One link: the position of an audit row and the hash up to it. Written by the sealer alone, INSERT-only."""

    __tablename__ = "audit_seal"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit_event.id"), unique=True)
    hash: Mapped[bytes]
    sealed_at: Mapped[datetime]


class AuditCheckpoint(Base):
    """A signed statement of how long the chain was and how it ended. Written by the sealer alone, INSERT-only."""

    __tablename__ = "audit_checkpoint"

    position: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("audit_seal.position"), primary_key=True, autoincrement=False
    )
    hash: Mapped[bytes]
    at: Mapped[datetime]
    signature: Mapped[bytes]


class AuditUnsealed(Base):
    """An audit row that waits for the sealer; a trigger puts it here, and only the sealer takes it away.

    A queue rather than a search for rows without a link: rows become visible in another order than their numbers.
    """

    __tablename__ = "audit_unsealed"

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
