"""Partners, their sites, programs and desks, and the webhooks that tell them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Partner(Base):
    """A cooperating organisation that verifies cards and grants benefits; without a rate it has the usual one."""

    __tablename__ = "partner"
    __table_args__ = (
        CheckConstraint("state in ('active', 'suspended')", name="state"),
        CheckConstraint("requests_per_minute > 0", name="rate"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    uscc: Mapped[str] = mapped_column(unique=True)
    domains: Mapped[list[str]]
    state: Mapped[str]
    requests_per_minute: Mapped[int | None]
    created_at: Mapped[datetime]


class PartnerRate(Base):
    """What is left of a partner's rate at a moment: the tokens of its bucket, a fraction on its way included."""

    __tablename__ = "partner_rate"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime]


class Site(Base):
    """A place where a partner works: a clinic, a school office, a window."""

    __tablename__ = "site"

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    name: Mapped[str]
    city: Mapped[str]


class PartnerClient(Base):
    """A partner's program: an identifier with a hashed secret, a set of public keys, or both.

    After a rotation the previous secret works until ``previous_until``. ``networks`` (CIDR) are those from which tokens
    may be obtained; none means anywhere.
    """

    __tablename__ = "partner_client"
    __table_args__ = (CheckConstraint("state in ('active', 'suspended')", name="state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    secret_hash: Mapped[bytes | None]
    jwks: Mapped[dict[str, Any] | None]
    scopes: Mapped[list[str]]
    state: Mapped[str]
    created_at: Mapped[datetime]
    previous_hash: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    networks: Mapped[list[str]] = mapped_column(default=list)


class DeskOperator(Base):
    """A person at a partner's desk who signs in to the desk page."""

    __tablename__ = "desk_operator"
    __table_args__ = (Index("ix_desk_operator_partner", "partner_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    password_hash: Mapped[str]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class UsedAssertion(Base):
    """A client assertion (RFC 7523) that was accepted, kept until it expires, so that it counts once."""

    __tablename__ = "used_assertion"

    client_id: Mapped[str] = mapped_column(ForeignKey("partner_client.id"), primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


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
