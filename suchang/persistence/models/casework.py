"""What officers do with applications: reviews, decisions, conflicts, objections, comments, views, phrases, deputies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Review(Base):
    """A reviewer's recommendation; INSERT-only."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("application_id", "round", "attempt", "person_index"),
        CheckConstraint("outcome in ('recommend', 'reject')", name="outcome"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    round: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    person_index: Mapped[bytes]
    on_behalf_of: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    outcome: Mapped[str]
    tier: Mapped[str | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]


class Decision(Base):
    """An approver's act; INSERT-only. A decision against the determination waits for a second approver's row."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("application_id", "round", "attempt", "person_index"),
        UniqueConstraint("application_id", "round", "attempt", "part"),
        CheckConstraint("outcome in ('approve', 'reject')", name="outcome"),
        CheckConstraint("part in ('first', 'second')", name="part"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    round: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    part: Mapped[str]
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    person_index: Mapped[bytes]
    on_behalf_of: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    outcome: Mapped[str]
    tier: Mapped[str | None]
    rule: Mapped[str | None]
    reason: Mapped[str]
    against_determination: Mapped[bool]
    determination_id: Mapped[str] = mapped_column(ForeignKey("determination.id"))
    unchecked: Mapped[list[str]] = mapped_column(server_default="{}")
    """The facts of the granted tier that nobody had checked: a deviation, with two approvers."""
    created_at: Mapped[datetime]


class ConflictOfInterest(Base):
    """An officer's word that they must keep out of a case; INSERT-only, it can't be taken back."""

    __tablename__ = "conflict_of_interest"

    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    person_index: Mapped[bytes] = mapped_column(primary_key=True)
    declared_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    reason: Mapped[str]
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


class NoticeTier(Base):
    """A tier that is never granted without a public notice; ``app`` may add one, and only the owner ends it.

    ``by_wall_clock`` lets the database count the days by its own clock, as everywhere but in demonstrations.
    """

    __tablename__ = "notice_tier"
    __table_args__ = (Index("uq_notice_tier_standing", "tier", unique=True, postgresql_where="ended_at is null"),)

    tier: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    by_wall_clock: Mapped[bool]
    ended_at: Mapped[datetime | None]


class PublicNotice(Base):
    """A public notice of one application, round and tier, with its last day; INSERT-only.

    ``recorded_at`` is written by the database, whatever the program says.
    """

    __tablename__ = "public_notice"
    __table_args__ = (
        Index("ix_public_notice_application", "application_id", "round", "tier"),
        CheckConstraint("ends > (published_at at time zone 'Asia/Shanghai')::date", name="days"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    round: Mapped[int]
    attempt: Mapped[int]
    tier: Mapped[str]
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    person_index: Mapped[bytes]
    published_at: Mapped[datetime]
    ends: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ObjectionAnswer(Base):
    """A supervisor's answer to an objection, once; INSERT-only. Without an officer: from before there were answers."""

    __tablename__ = "objection_answer"
    __table_args__ = (CheckConstraint("outcome in ('dismissed', 'upheld')", name="outcome"),)

    objection_id: Mapped[str] = mapped_column(ForeignKey("objection.id"), primary_key=True)
    outcome: Mapped[str]
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    person_index: Mapped[bytes | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


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
