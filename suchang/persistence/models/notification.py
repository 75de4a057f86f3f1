"""What people are told: written with its cause, delivered by a job afterwards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Notification(Base):
    """One message to one person, or to the officers of one role and city. It holds codes; words are made when shown.

    ``phone`` is a number that is told although it is no longer the person's. What concerns an account and no
    application has an event of its own and no state.
    """

    __tablename__ = "notification"
    __table_args__ = (
        CheckConstraint("(person_id is null) <> (role is null)", name="receiver"),
        Index("ix_notification_person", "person_id", "created_at"),
        Index("ix_notification_office", "role", "city", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str | None]
    city: Mapped[str | None]
    application_id: Mapped[str | None] = mapped_column(ForeignKey("application.id"))
    event: Mapped[str]
    state: Mapped[str]
    phone: Mapped[str | None]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
