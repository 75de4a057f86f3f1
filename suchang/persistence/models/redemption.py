"""The redemption ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class EntitlementCounter(Base):
    """How much of an entitlement is used. The key is the person (blind index), never the card: use survives cards."""

    __tablename__ = "entitlement_counter"
    __table_args__ = (CheckConstraint("used >= 0", name="used"), CheckConstraint("held >= 0", name="held"))

    subject: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    period_key: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)


class ExclusiveChoice(Base):
    """The item that a person or child chose in a group of which one alone may be had.

    ``units`` are the net use and the open reservations made under the choice; with none left it is free again.
    """

    __tablename__ = "exclusive_choice"
    __table_args__ = (CheckConstraint("units >= 0", name="units"), Index("ix_exclusive_choice_subject", "subject"))

    group: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    period_key: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    units: Mapped[int] = mapped_column(BigInteger)
    chosen_at: Mapped[datetime]


class Redemption(Base):
    """A line of the ledger; INSERT-only.

    A use begins with ``redeem`` or ``reserve``; ``confirm``, ``release`` and ``reverse`` name it in ``origin_id``.
    ``units`` is negative on reversals and releases. Used are the units of redeem, confirm and reverse; held are those
    of reservations without an outcome. ``moment`` is the one that counts: ``created_at``, or when a deferred use was
    presented. ``asked`` is more than ``units`` where a part was granted.
    """

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint("kind in ('redeem', 'reserve', 'confirm', 'release', 'reverse')", name="kind"),
        Index(
            "uq_redemption_verification",
            "verification_id",
            "item",
            "beneficiary",
            unique=True,
            postgresql_where="kind in ('redeem', 'reserve')",
        ),
        Index("uq_redemption_outcome", "origin_id", unique=True, postgresql_where="kind in ('confirm', 'release')"),
        Index("ix_redemption_partner", "partner_id", "created_at"),
        Index("ix_redemption_subject", "subject", "item", "period_key"),
        Index("ix_redemption_origin", "origin_id", postgresql_where="kind = 'reverse'"),
        Index("ix_redemption_reserve", "expires_at", postgresql_where="kind = 'reserve'"),
        CheckConstraint("(kind in ('redeem', 'reserve')) = (origin_id is null)", name="origin"),
        CheckConstraint("(kind in ('release', 'reverse')) = (units < 0)", name="sign"),
        CheckConstraint("(kind = 'reserve') = (expires_at is not null)", name="expiry"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    origin_id: Mapped[str | None] = mapped_column(ForeignKey("redemption.id"))
    verification_id: Mapped[str]
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[str | None]
    operator_id: Mapped[str | None]
    card_id: Mapped[str] = mapped_column(ForeignKey("card.id"))
    subject: Mapped[str]
    beneficiary: Mapped[str]
    item: Mapped[str]
    period_key: Mapped[str]
    claim_group: Mapped[str | None]
    claim_subject: Mapped[str | None]
    claim_period: Mapped[str | None]
    unit: Mapped[str]
    units: Mapped[int] = mapped_column(BigInteger)
    asked: Mapped[int] = mapped_column(BigInteger)
    tier: Mapped[str]
    catalogue_version: Mapped[str]
    details: Mapped[dict[str, Any]]
    provisional: Mapped[bool]
    reason: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    moment: Mapped[datetime]
    created_at: Mapped[datetime]


class RedemptionConflict(Base):
    """A use granted offline that the ledger could not take; INSERT-only, listed in the settlement report for review."""

    __tablename__ = "redemption_conflict"
    __table_args__ = (
        UniqueConstraint("verification_id", "item", "beneficiary"),
        Index("ix_redemption_conflict_partner", "partner_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    verification_id: Mapped[str]
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[str | None]
    card_id: Mapped[str] = mapped_column(ForeignKey("card.id"))
    item: Mapped[str]
    beneficiary: Mapped[str]
    reason: Mapped[str]
    details: Mapped[dict[str, Any]]
    moment: Mapped[datetime]
    created_at: Mapped[datetime]
