"""Routes of the map: anyone searches service points, officers add and close them."""

from __future__ import annotations

import math
from typing import Any

from flask import request

from suchang.api.answers import IdAnswer
from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone, for_officers
from suchang.api.help import answers, schemas
from suchang.api.requests import officer, query_text
from suchang.api.schemas import NothingBody
from suchang.domain.errors import FieldProblem, Invalid
from suchang.domain.help.service_points import PointKind
from suchang.workflows.help import service_points
from suchang.workflows.help.service_points import Near, PointDraft

anyone = for_anyone("help", "help_anyone")
officers = for_officers("help", "help_officers")

KNOWN = {"city", "domain", "kind", "near", "within_km", "cursor"}


@anyone.get("/service-points")
@anyone.response(200, answers.ServicePointsAnswer)
def search_service_points() -> dict[str, Any]:
    """Find service points by ``city``, ``domain`` and ``kind``; ``near=118.80,32.06`` puts the nearest first.

    ``near`` is longitude and latitude in degrees (WGS 84); ``within_km`` looks no further than that.
    """
    unknown = sorted(set(request.args) - KNOWN)
    if unknown:
        raise Invalid(f"There is no query parameter {unknown[0][:40]}.", code="invalid_fields")
    return service_points.search(
        collaborators(),
        city=query_text("city"),
        domain=query_text("domain"),
        kind=_kind(query_text("kind")),
        near=_near(query_text("near"), query_text("within_km")),
        cursor=query_text("cursor"),
    )


def _kind(text: str | None) -> PointKind | None:
    if text is None:
        return None
    if text not in set(PointKind):
        raise _wrong("kind", f"One of {', '.join(PointKind)}.")
    return PointKind(text)


def _near(place: str | None, within: str | None) -> Near | None:
    if place is None:
        if within is not None:
            raise _wrong("within_km", "Say near where: near=118.80,32.06.")
        return None
    numbers = [_number("near", part) for part in place.split(",")]
    if len(numbers) != 2 or abs(numbers[0]) > 180 or abs(numbers[1]) > 90:
        raise _wrong("near", "Longitude and latitude in degrees, such as 118.80,32.06.")
    kilometres = _number("within_km", within) if within is not None else None
    if kilometres is not None and not 0 < kilometres <= 1000:
        raise _wrong("within_km", "A number above 0, at most 1000.")
    return Near(numbers[0], numbers[1], None if kilometres is None else kilometres * 1000)


def _number(name: str, text: str) -> float:
    try:
        number = float(text) if len(text) <= 20 and text.isascii() else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(name, "Not a number.")
    return number


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(f"The query parameter {name} is wrong.", code="invalid_fields", errors=[FieldProblem(name, message)])


@officers.post("/service-points")
@officers.arguments(schemas.ServicePointBody)
@officers.response(201, IdAnswer)
def add_service_point(body: dict[str, Any]) -> dict[str, Any]:
    """Put a service point on the map."""
    (point,) = service_points.add(collaborators(), officer(), [PointDraft(**body)])
    return {"id": point}


@officers.post("/service-points/<point_id>/closure")
@officers.arguments(NothingBody)
@officers.response(200, answers.ClosedPointAnswer)
def close_service_point(body: dict[str, Any], point_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Take a service point off the map."""
    service_points.close(collaborators(), officer(), point_id)
    return {"id": point_id, "closed": True}
