"""Accounts: officers, sessions, second factors, passkeys, recovery."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
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


class OfficerProposal(Base):
    """An account that one administrator proposes and another confirms; triggers and checks hold the people apart.

    Nobody proposed the first one but the command line, which may propose only while there is no administrator.
    """

    __tablename__ = "officer_proposal"
    __table_args__ = (
        CheckConstraint("proposer_index <> subject_index", name="proposer"),
        CheckConstraint("confirmer_index <> subject_index and confirmer_index <> proposer_index", name="confirmer"),
        CheckConstraint(
            "(proposed_by is null) = (proposer_index is null) and (confirmed_by is null) = (confirmer_index is null)",
            name="people",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str]
    name: Mapped[str]
    subject_index: Mapped[bytes]
    roles: Mapped[list[str]]
    city: Mapped[str | None]
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    proposer_index: Mapped[bytes | None]
    created_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    confirmer_index: Mapped[bytes | None]
    confirmed_at: Mapped[datetime | None]


class OfficerInvitation(Base):
    """A link by which an officer alone sets password and second factor, once; the key is the SHA-256 of its token."""

    __tablename__ = "officer_invitation"
    __table_args__ = (CheckConstraint("num_nonnulls(proposal_id, reset_id) = 1", name="origin"),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("officer_proposal.id"), unique=True)
    reset_id: Mapped[str | None] = mapped_column(ForeignKey("totp_reset.id"), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


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


class Passkey(Base):
    """A key pair on somebody's authenticator, of which this is the public half in COSE form.

    A credential id is taken once and for ever, so that a removed passkey can't come back under another account.
    """

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("sign_count >= 0", name="sign_count"),
        CheckConstraint(
            "(removed_at is null) = (removed_because is null)"
            " and coalesce(removed_because, 'holder') in ('holder', 'cloned', 'recovered')",
            name="removed",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    transports: Mapped[list[str]]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_because: Mapped[str | None]


class AccountRecovery(Base):
    """Another phone number for a holder: one officer saw the document and asks, another confirms.

    Triggers hold the people apart, keep everything but the confirmation as it was, and let the number of somebody
    with an identity change only to that of their newest confirmed row.
    """

    __tablename__ = "account_recovery"
    __table_args__ = (CheckConstraint("confirmer_index is null or confirmer_index <> proposer_index", name="people"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    new_phone: Mapped[str]
    old_phone: Mapped[str | None]
    document_type: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    proposer_index: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    confirmer_index: Mapped[bytes | None]
    confirmed_at: Mapped[datetime | None]
