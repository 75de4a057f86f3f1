"""Accounts that are recovered at a window."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


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
