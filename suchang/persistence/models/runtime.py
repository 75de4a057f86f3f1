"""What the program keeps about itself: failed jobs, answers already given, settings that never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class JobFailure(Base):
    """Why a job of the queue failed last: a sentence of ours or the kind of a fault, never personal data."""

    __tablename__ = "job_failure"

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str]
    at: Mapped[datetime]


class IdempotentAnswer(Base):
    """An answer given under an Idempotency-Key, kept 24 hours, so that a retry gets it again instead of an effect."""

    __tablename__ = "idempotent_answer"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)


class InstanceSetting(Base):
    """A value fixed at first start, such as the issuer; never derived from a request."""

    __tablename__ = "instance_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
