"""Persons, their dependants and their employers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class Person(Base):
    """A human being, found by the blind index of the identity document; the number itself is encrypted.

    Somebody who signed in by phone and has not yet said who they are has no identity, and can't apply."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    identity_type: Mapped[str | None]
    identity_cipher: Mapped[bytes | None]
    identity_index: Mapped[bytes | None] = mapped_column(unique=True)
    name: Mapped[str]
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    city: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    created_at: Mapped[datetime]


class PersonIdentity(Base):
    """Every identity that a person ever had. A trigger writes it, nobody else; separation of duties asks all of them.

    Otherwise somebody could change an identity, decide on their own case, and change it back.
    """

    __tablename__ = "person_identity"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    identity_index: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class Dependant(Base):
    """A spouse, child or parent of a holder; the same child may stand beside two principals."""

    __tablename__ = "dependant"
    __table_args__ = (
        UniqueConstraint("principal_id", "identity_index"),
        CheckConstraint("relation in ('spouse', 'child', 'parent')", name="relation"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str]
    identity_type: Mapped[str]
    identity_cipher: Mapped[bytes]
    identity_index: Mapped[bytes] = mapped_column(index=True)
    name: Mapped[str]
    birth_date: Mapped[date]
    evidence: Mapped[dict[str, Any]]
    guardian_consent_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Employer(Base):
    """An organisation, identified by its unified social credit code (GB 32100)."""

    __tablename__ = "employer"
    __table_args__ = (Index("ix_employer_name", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    city: Mapped[str]
    kind: Mapped[str]
    tags: Mapped[list[str]]
    created_at: Mapped[datetime]
