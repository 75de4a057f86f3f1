"""Service points: search by city, domain and distance; officers add and close them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, cast, func, literal, select, tuple_
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.help.service_points import EARTH_METRES, PointKind, is_open, read_opening
from suchang.domain.ids import new_id
from suchang.domain.places import CITIES
from suchang.persistence.models import ServicePoint
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import Actor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

PAGE = 50


@dataclass(frozen=True, slots=True)
class Near:
    """A place from which distances are told, in degrees (WGS 84), and how far to look (None: anywhere)."""

    longitude: float
    latitude: float
    within_metres: float | None = None


@dataclass(frozen=True, slots=True)
class PointDraft:
    """What an officer writes about a new service point."""

    kind: PointKind
    name_zh: str
    name_en: str
    city: str
    address: str
    longitude: float
    latitude: float
    domains: Sequence[str]
    languages: Sequence[str]
    hours: Sequence[Mapping[str, Any]]
    phone: str | None = None
    site_id: str | None = None


def search(
    collaborators: Collaborators,
    *,
    city: str | None = None,
    domain: str | None = None,
    kind: PointKind | None = None,
    near: Near | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Find open service points: the nearest first where a place is given, otherwise by city; pages of fifty.

    Raises Invalid for a city or domain that there is not.
    """
    if city is not None and city not in CITIES:
        raise Invalid("There is no such city; write a GB/T 2260 code such as 320100.", code="unknown_city")
    if domain is not None and domain not in collaborators.services:
        raise Invalid("There is no such benefit domain.", code="unknown_domain")
    metres = _metres(near)
    order = tuple_(metres, ServicePoint.city, ServicePoint.kind, ServicePoint.id)
    query = select(ServicePoint, metres).where(ServicePoint.closed_at.is_(None))
    if city is not None:
        query = query.where(ServicePoint.city == city)
    if domain is not None:
        query = query.where(ServicePoint.domains.op("@>")(cast([domain], ARRAY(Text))))
    if kind is not None:
        query = query.where(ServicePoint.kind == kind.value)
    if near is not None and near.within_metres is not None:
        query = query.where(metres <= near.within_metres)
    with unit_of_work(collaborators.sessions) as session:
        if cursor is not None:
            query = query.where(order > _after(session, cursor, metres))
        rows = session.execute(query.order_by(*order.clauses).limit(PAGE + 1)).all()
    now = collaborators.clock()
    shown = []
    for point, distance in rows[:PAGE]:
        view = point_view(point) | {"open_now": is_open(map(read_opening, point.hours), now)}
        shown.append(view | ({"metres": distance} if near is not None else {}))
    return {"items": shown, "next": shown[-1]["id"] if len(rows) > PAGE else None}


def _metres(near: Near | None) -> ColumnElement[int]:
    """Return the distance in whole metres as an expression; 0 where no place is given."""
    if near is None:
        return literal(0, BigInteger)
    north = func.radians(ServicePoint.latitude - near.latitude)
    east = func.radians(ServicePoint.longitude - near.longitude)
    along = func.cos(func.radians(near.latitude)) * func.cos(func.radians(ServicePoint.latitude))
    chord = func.pow(func.sin(north / 2), 2) + along * func.pow(func.sin(east / 2), 2)
    return cast(func.round(2 * EARTH_METRES * func.asin(func.sqrt(func.least(1.0, chord)))), BigInteger)


def _after(session: Session, cursor: str, metres: ColumnElement[int]) -> Any:
    row = session.execute(
        select(metres, ServicePoint.city, ServicePoint.kind, ServicePoint.id).where(ServicePoint.id == cursor)
    ).one_or_none()
    if row is None:
        raise Invalid("This cursor is not one of ours; begin at the first page.", code="bad_cursor")
    return tuple_(*(literal(value) for value in row))


def point_view(point: ServicePoint) -> dict[str, Any]:
    """Show a service point to anyone."""
    return {
        "id": point.id,
        "kind": point.kind,
        "name": {"zh": point.name_zh, "en": point.name_en},
        "city": point.city,
        "address": point.address,
        "longitude": point.longitude,
        "latitude": point.latitude,
        "domains": point.domains,
        "languages": point.languages,
        "hours": point.hours,
        "phone": point.phone,
    }


def add(collaborators: Collaborators, actor: Actor, drafts: Iterable[PointDraft]) -> list[str]:
    """Put service points on the map, all or none, and give their ids."""
    if isinstance(actor, OfficerActor):
        actor.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    now = collaborators.clock()
    ids = []
    with unit_of_work(collaborators.sessions) as session:
        for draft in drafts:
            unknown = sorted(set(draft.domains) - set(collaborators.services))
            if draft.city not in CITIES or unknown:
                raise Invalid(f"No such city or benefit domain: {draft.city} {' '.join(unknown)}".strip())
            point = ServicePoint(
                id=new_id("pt"),
                kind=draft.kind.value,
                name_zh=draft.name_zh,
                name_en=draft.name_en,
                city=draft.city,
                address=draft.address,
                longitude=draft.longitude,
                latitude=draft.latitude,
                domains=sorted(set(draft.domains)),
                languages=list(draft.languages),
                hours=[read_opening(one).to_json() for one in draft.hours],
                phone=draft.phone,
                site_id=draft.site_id,
                created_at=now,
            )
            session.add(point)
            audit_rows.record(session, now, actor, "service_point_added", "service_point", point.id)
            ids.append(point.id)
    return ids


def close(collaborators: Collaborators, actor: OfficerActor, point_id: str) -> None:
    """Take a service point off the map."""
    actor.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        point = session.get(ServicePoint, point_id, with_for_update=True)
        if point is None or point.closed_at is not None:
            raise NotFound("There is no such service point.")
        point.closed_at = now
        audit_rows.record(session, now, actor, "service_point_closed", "service_point", point.id)
