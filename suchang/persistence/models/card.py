"""Cards, and the dependants of their holders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Card(Base):
    """The product: a number, a tier and a validity. At most one card of a person is active or suspended.

    ``facts`` holds the lifecycle's facts beside the state. ``replaced_by`` is the card that took the place of a lost or
    damaged one, under the same approval.
    """

    __tablename__ = "card"
    __table_args__ = (
        Index("uq_card_live_person", "person_id", unique=True, postgresql_where="state in ('active', 'suspended')"),
        CheckConstraint("state in ('active', 'suspended', 'revoked', 'expired', 'replaced')", name="state"),
        CheckConstraint("valid_until > valid_from", name="validity"),
        Index("uq_card_decision_standing", "decision_id", unique=True, postgresql_where="replaced_by is null"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    tier: Mapped[str]
    track: Mapped[str]
    city: Mapped[str]
    state: Mapped[str]
    facts: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    issued_at: Mapped[datetime]
    replaced_by: Mapped[str | None] = mapped_column(
        ForeignKey("card.id", deferrable=True, initially="DEFERRED"), unique=True
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative interface


class Dependant(Base):
    """A spouse, child or parent of a holder; the same child may stand beside two principals."""

    __tablename__ = "dependant"
    __table_args__ = (
        UniqueConstraint("principal_id", "identity_index"),
        CheckConstraint("relation in ('spouse', 'child', 'parent')", name="relation"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str]
    identity_type: Mapped[str]
    identity_cipher: Mapped[bytes]
    identity_index: Mapped[bytes] = mapped_column(index=True)
    name: Mapped[str]
    birth_date: Mapped[date]
    evidence: Mapped[dict[str, Any]]
    guardian_consent_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
