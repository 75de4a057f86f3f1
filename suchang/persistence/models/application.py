"""Applications with their evidence and determinations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Application(Base):
    """One person's request for a card.

    ``case`` holds the lifecycle's facts; the columns beside it are those that queues filter by. ``version`` grows with
    every change and is compared before one is made.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_queue", "city", "state", "due_on"),
        Index(
            "uq_application_open_person",
            "person_id",
            unique=True,
            postgresql_where="state not in ('issued', 'rejected', 'withdrawn', 'lapsed')",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employer.id"), index=True)
    city: Mapped[str]
    state: Mapped[str]
    track: Mapped[str | None]
    tier: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="first")
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    case: Mapped[dict[str, Any]]
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    due_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative interface


class Evidence(Base):
    """Facts supplied to an application, with their origin and, once checked, who checked them."""

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    title: Mapped[str]
    facts: Mapped[dict[str, Any]]
    origin: Mapped[str]
    file_name: Mapped[str | None]
    file_type: Mapped[str | None]
    file_sha256: Mapped[str | None]
    file_signatures: Mapped[list[Any] | None]
    checked_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    checked_at: Mapped[datetime | None]
    checked_source: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class FactCheck(Base):
    """Somebody checked one fact of a piece of evidence; INSERT-only.

    The database itself takes the hashes of the value and of the file when the row is written, so that a check is void
    as soon as either changes.
    """

    __tablename__ = "fact_check"
    __table_args__ = (
        Index("ix_fact_check_evidence", "evidence_id", "fact"),
        CheckConstraint("how in ('original', 'register', 'employer', 'seal')", name="how"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    fact: Mapped[str]
    value_sha256: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("''::bytea"))
    file_sha256: Mapped[str | None]
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    person_index: Mapped[bytes]
    how: Mapped[str]
    source: Mapped[str]
    holds_until: Mapped[date | None]
    created_at: Mapped[datetime]


class DeterminationRecord(Base):
    """The engine's result beside a submission or a decision: the facts it saw, the pack version, the exact bytes."""

    __tablename__ = "determination"

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    occasion: Mapped[str]
    pack: Mapped[str]
    pack_version: Mapped[str]
    as_of: Mapped[date]
    facts: Mapped[dict[str, Any]]
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    english: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The same result with its sentences in English; rows from before there was this column have none."""
    tier: Mapped[str | None]
    created_at: Mapped[datetime]
