"""Officers, and the sessions of everybody who signs in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Officer(Base):
    """A person with an office. ``person_index`` is the blind index of the identity document, the same for every account
    that one human being has: separation of duties compares it, not the account."""

    __tablename__ = "officer"

    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(index=True)
    roles: Mapped[list[str]]
    city: Mapped[str | None]
    password_hash: Mapped[str]
    totp_cipher: Mapped[bytes | None]
    totp_last_step: Mapped[int | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="zh")
    created_at: Mapped[datetime]


class SignInSession(Base):
    """One sign-in. The key is the SHA-256 of the token, so that a copy of the table opens no session."""

    __tablename__ = "sign_in_session"
    __table_args__ = (CheckConstraint("kind in ('holder', 'officer', 'desk')", name="kind"),)

    id: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
