"""The devices that hold a card, its credentials, the keys that sign them, the lists that revoke them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Device(Base):
    """A phone that proved possession of a private key."""

    __tablename__ = "device"
    __table_args__ = (
        Index("uq_device_live_key", "thumbprint", unique=True, postgresql_where="removed_at is null"),
        Index("ix_device_person", "person_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    jwk: Mapped[dict[str, Any]]
    thumbprint: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Credential(Base):
    """Signed claims about a card. The key is the random subject in the token; the card number is not in it."""

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("status_list", "status_index"),
        CheckConstraint("assurance in ('device', 'print', 'online')", name="assurance"),
        Index("ix_credential_card", "card_id"),
        Index("ix_credential_kid", "kid"),
        Index("ix_credential_dependant", "dependant_id", postgresql_where="dependant_id is not null"),
    )

    sub: Mapped[str] = mapped_column(primary_key=True)
    card_id: Mapped[str] = mapped_column(ForeignKey("card.id"))
    dependant_id: Mapped[str | None] = mapped_column(ForeignKey("dependant.id"))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    assurance: Mapped[str]
    kid: Mapped[str] = mapped_column(ForeignKey("signing_key.kid"))
    tier: Mapped[str]
    domains: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status_list: Mapped[int | None]
    status_index: Mapped[int | None]
    revoked_at: Mapped[datetime | None]
    text: Mapped[str | None]


class SigningKey(Base):
    """A key of the ring; the private part is encrypted under the key-encryption key named by ``kek_id``."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("state in ('next', 'active', 'retired', 'revoked')", name="state"),
        Index("uq_signing_key_active", "state", unique=True, postgresql_where="state = 'active'"),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    public_jwk: Mapped[dict[str, Any]]
    private_cipher: Mapped[bytes | None]
    kek_id: Mapped[str | None]
    state: Mapped[str]
    active_from: Mapped[datetime | None]
    active_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StatusList(Base):
    """One list of 2^20 entries: the key of its index permutation and its latest publication."""

    __tablename__ = "status_list"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    permutation_key: Mapped[bytes]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    token: Mapped[str | None]


class StatusEntry(Base):
    """An index whose status is not valid: 1 revoked, 2 suspended. Valid indices have no row."""

    __tablename__ = "status_entry"
    __table_args__ = (CheckConstraint("status in (1, 2)", name="status"),)

    list_id: Mapped[int] = mapped_column(ForeignKey("status_list.id"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[int]


class StatusBlock(Base):
    """A block of a thousand serial numbers that one worker has taken from the sequence and is using up."""

    __tablename__ = "status_block"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    used: Mapped[int]
