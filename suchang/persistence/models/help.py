"""Service points: sites, windows and talent homes on the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suchang.persistence.base import Base


class ServicePoint(Base):
    """A place where a card is of use, with its coordinates in degrees (WGS 84); closed ones stay for the history."""

    __tablename__ = "service_point"
    __table_args__ = (
        CheckConstraint("kind in ('talent_home', 'window', 'site')", name="kind"),
        CheckConstraint("longitude between -180 and 180 and latitude between -90 and 90", name="place"),
        Index("ix_service_point_city", "city", "kind", "id"),
        Index("ix_service_point_domains", "domains", postgresql_using="gin"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    city: Mapped[str]
    address: Mapped[str]
    longitude: Mapped[float]
    latitude: Mapped[float]
    domains: Mapped[list[str]]
    languages: Mapped[list[str]]
    hours: Mapped[list[Any]]
    phone: Mapped[str | None]
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
