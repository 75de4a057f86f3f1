"""Drafts of policy: a version of a pack that is not in force, and what it would do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class PolicyDraft(Base):
    """One draft, its checks and its simulation.

    ``archive`` is the pack as a zip; ``base_version`` the version in force that it was compared with; ``city`` the one
    whose people were asked about, None for the province; ``changes`` the list of those who change, as Parquet.
    """

    __tablename__ = "policy_draft"
    __table_args__ = (Index("ix_policy_draft_created_at", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    city: Mapped[str | None]
    base_version: Mapped[str]
    version: Mapped[str]
    edit: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    archive: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    as_of: Mapped[date]
    state: Mapped[str]
    checks: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    changes: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
