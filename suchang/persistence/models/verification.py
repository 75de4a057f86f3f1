"""The verification log, and the challenges of desks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Verification(Base):
    """One check of one presentation. INSERT-only and partitioned by the day of the proof.

    ``replay_key`` is ``sub`` and the proof's nonce (or the online code's ``jti``), set on accepted rows alone: its
    UNIQUE constraint is the replay check. The partition is the day of the *proof*, not of its arrival, so that one
    proof always meets itself in one partition, also at midnight. Rows without a replay key are never compared.
    """

    __tablename__ = "verification"
    __table_args__ = (
        UniqueConstraint("proof_day", "replay_key", name="uq_verification_replay"),
        Index("ix_verification_partner", "partner_id", "created_at"),
        Index("ix_verification_card", "card_id", "created_at"),
        {"postgresql_partition_by": "RANGE (proof_day)"},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    proof_day: Mapped[date] = mapped_column(primary_key=True)
    replay_key: Mapped[str | None]
    partner_id: Mapped[str]
    client_id: Mapped[str]
    site_id: Mapped[str | None]
    purpose: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    mode: Mapped[str]
    assurance: Mapped[str | None]
    sub: Mapped[str | None]
    card_id: Mapped[str | None]
    dependant_id: Mapped[str | None]
    presented_at: Mapped[datetime]
    created_at: Mapped[datetime]


class DeskChallenge(Base):
    """A nonce that a desk shows for a high-value redemption: 128 bits, sixty seconds, accepted once."""

    __tablename__ = "desk_challenge"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    issued_at: Mapped[datetime] = mapped_column(index=True)
    used_by: Mapped[str | None]
