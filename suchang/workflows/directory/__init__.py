"""The public directory: places where holders are received, and the policies in plain words. Data, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from suchang.domain.vocabulary import Text

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ServicePoint:
    """A place: kind ``talent_home``, ``window`` or ``partner_desk``; WGS 84 degrees; ``hours`` on working days."""

    id: str
    kind: str
    city: str
    name: Text
    longitude: float
    latitude: float
    domains: tuple[str, ...]
    hours: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy in plain words, with the document (T or P) and the section that it summarises."""

    id: str
    domain: str
    title: Text
    summary: Text
    document: str
    section: str


def _read(name: str) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return rows


@lru_cache(maxsize=1)
def _points() -> tuple[ServicePoint, ...]:
    return tuple(
        ServicePoint(
            id=row["id"],
            kind=row["kind"],
            city=row["city"],
            name=Text(**row["name"]),
            longitude=row["longitude"],
            latitude=row["latitude"],
            domains=tuple(row["domains"]),
            hours=row["hours"],
            languages=tuple(row["languages"]),
        )
        for row in _read("service_points.yaml")
    )


@lru_cache(maxsize=1)
def _policies() -> tuple[PolicyEntry, ...]:
    return tuple(
        PolicyEntry(
            id=row["id"],
            domain=row["domain"],
            title=Text(**row["title"]),
            summary=Text(**row["summary"]),
            document=row["source"]["document"],
            section=row["source"]["section"],
        )
        for row in _read("policies.yaml")
    )


def service_points(*, city: str | None = None, domain: str | None = None, text: str = "") -> tuple[ServicePoint, ...]:
    """Give the service points of a city, for a domain, whose name holds a text; each filter may be left out."""
    wanted = text.strip().casefold()
    return tuple(
        point
        for point in _points()
        if (not city or point.city == city)
        and (not domain or domain in point.domains)
        and (wanted in point.name.zh.casefold() or wanted in point.name.en.casefold())
    )


def policies(*, text: str = "") -> tuple[PolicyEntry, ...]:
    """Give the policies whose title or summary holds a text, in the order of the directory."""
    wanted = text.strip().casefold()
    return tuple(
        entry
        for entry in _policies()
        if any(
            wanted in part.casefold()
            for part in (entry.title.zh, entry.title.en, entry.summary.zh, entry.summary.en, entry.section)
        )
    )
