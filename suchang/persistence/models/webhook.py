"""Webhooks: where partners want to be told, and what was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class WebhookEndpoint(Base):
    """An address of a partner; its secret is encrypted, the previous one signs too until ``previous_until``."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint("state in ('active', 'suspended')", name="state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    url: Mapped[str]
    secret_cipher: Mapped[bytes]
    previous_cipher: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    state: Mapped[str]
    created_at: Mapped[datetime]


class WebhookDelivery(Base):
    """One event for one address: its body, how often it was tried, and how that ended."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'delivered', 'given_up')", name="state"),
        Index("ix_webhook_delivery_due", "next_at", postgresql_where="state = 'waiting'"),
        Index("ix_webhook_delivery_endpoint", "endpoint_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event: Mapped[str]
    body: Mapped[dict[str, Any]]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None]
    created_at: Mapped[datetime]
