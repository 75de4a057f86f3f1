"""What the house keeps about itself: the audit, the answers already given, and settings that never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
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


class IdempotentAnswer(Base):
    """An answer given under an Idempotency-Key, kept 24 hours, so that a retry gets it again instead of an effect."""

    __tablename__ = "idempotent_answer"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)


class InstanceSetting(Base):
    """A value fixed at first start, such as the issuer; never derived from a request."""

    __tablename__ = "instance_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
