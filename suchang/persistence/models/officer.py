"""Officers, and the sessions of everybody who signs in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Officer(Base):
    """A person with an office. ``person_index`` is the blind index of the identity document, the same for every account
    that one human being has: separation of duties compares it, not the account."""

    __tablename__ = "officer"
    __table_args__ = (
        UniqueConstraint("oidc_issuer", "oidc_subject"),
        CheckConstraint(
            "(oidc_issuer is null) = (oidc_subject is null) and (oidc_subject is not null or oidc_proved_at is null)",
            name="oidc",
        ),
    )

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
    oidc_issuer: Mapped[str | None]
    oidc_subject: Mapped[str | None]
    oidc_proved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class TotpReset(Base):
    """A new second factor for an officer: one officer proposes it, another confirms it, and neither is its owner.

    The three people differ by a constraint; the row can be confirmed once and is never deleted.
    """

    __tablename__ = "totp_reset"
    __table_args__ = (
        CheckConstraint("proposer_index <> subject_index", name="proposer"),
        CheckConstraint(
            "confirmer_index is null or (confirmer_index <> subject_index and confirmer_index <> proposer_index)",
            name="confirmer",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    subject_index: Mapped[bytes]
    proposed_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    proposer_index: Mapped[bytes]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    confirmer_index: Mapped[bytes | None]
    confirmed_at: Mapped[datetime | None]


class Deputation(Base):
    """An officer's leave: who stands in for them, from which day to which. It can be ended early, and nothing else.

    The people are kept beside the accounts, because the separation of duties compares people: the two of a deputation
    count as one in every application that was made before its last day.
    """

    __tablename__ = "deputation"
    __table_args__ = (
        CheckConstraint("officer_index <> deputy_index", name="people"),
        CheckConstraint("from_day <= until_day", name="days"),
        Index("ix_deputation_officer", "officer_index", "until_day"),
        Index("ix_deputation_deputy", "deputy_index", "until_day"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    officer_index: Mapped[bytes]
    deputy_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    deputy_index: Mapped[bytes]
    from_day: Mapped[date]
    until_day: Mapped[date]
    reason: Mapped[str]
    entered_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]


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
    client: Mapped[str] = mapped_column(server_default="")
    method: Mapped[str] = mapped_column(server_default="")
    ended_at: Mapped[datetime | None]
