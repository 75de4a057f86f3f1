"""Persons, their identity documents and their employers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
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
