"""What surrounds a case: employers' contacts and confirmations, objections to a public notice, officers' comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class EmployerContact(Base):
    """A person who speaks for an employer: confirms employments, files departures."""

    __tablename__ = "employer_contact"

    employer_id: Mapped[str] = mapped_column(ForeignKey("employer.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    appointed_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class EmploymentConfirmation(Base):
    """An employer's word that the holder of a card works there now; INSERT-only."""

    __tablename__ = "employment_confirmation"
    __table_args__ = (Index("ix_employment_confirmation_card", "card_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    card_id: Mapped[str] = mapped_column(ForeignKey("card.id"))
    employer_id: Mapped[str] = mapped_column(ForeignKey("employer.id"))
    confirmed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Objection(Base):
    """What somebody said against a public notice; who it was is encrypted under the row's id. INSERT-only."""

    __tablename__ = "objection"
    __table_args__ = (Index("ix_objection_application", "application_id", "round"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    round: Mapped[int]
    text: Mapped[str]
    sender_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class CaseComment(Base):
    """What officers tell each other about a case; the applicant doesn't see it. INSERT-only."""

    __tablename__ = "case_comment"
    __table_args__ = (Index("ix_case_comment_application", "application_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    text: Mapped[str]
    created_at: Mapped[datetime]


class SavedView(Base):
    """A view of the queue that an officer keeps: filters under a name. What it shows is the officer's scope again."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("officer_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str]
    filters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class ReasonPhrase(Base):
    """A ready-made phrase for a reason, in both languages; without a city it is the whole province's."""

    __tablename__ = "reason_phrase"
    __table_args__ = (CheckConstraint("kind in ('approve', 'reject', 'supplement', 'send_back')", name="kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    zh: Mapped[str]
    en: Mapped[str]
    city: Mapped[str | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
