"""Passkeys (WebAuthn) of holders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


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
