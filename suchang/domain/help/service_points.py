"""Service points: where a person can go, when it is open, and how far it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any

from suchang.domain.clock import SHANGHAI
from suchang.domain.errors import Invalid
from suchang.domain.vocabulary import Text

EARTH_METRES = 6_371_008.8
"""The mean radius of the Earth (IUGG)."""

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


class PointKind(StrEnum):
    """What a service point is."""

    TALENT_HOME = "talent_home"
    WINDOW = "window"
    SITE = "site"


POINT_KINDS: Mapping[PointKind, Text] = {
    PointKind.TALENT_HOME: Text("人才之家", "Talent home"),
    PointKind.WINDOW: Text("服务专窗", "Window"),
    PointKind.SITE: Text("合作网点", "Partner's site"),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """Open on these days of the week (1 is Monday) from ``opens`` to before ``closes``, local time as ``09:00``."""

    days: tuple[int, ...]
    opens: str
    closes: str

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored and shown."""
        return {"days": list(self.days), "opens": self.opens, "closes": self.closes}


def read_opening(raw: Mapping[str, Any]) -> Opening:
    """Read one opening as it is stored; raises Invalid for days and times that there are not."""
    days, opens, closes = raw.get("days"), raw.get("opens"), raw.get("closes")
    good_days = isinstance(days, list) and days and all(type(day) is int and 1 <= day <= 7 for day in days)
    good_times = all(isinstance(time, str) and _TIME.match(time) for time in (opens, closes))
    if set(raw) != {"days", "opens", "closes"} or not good_days or not good_times or str(opens) >= str(closes):
        raise Invalid("Hours are days of the week (1 is Monday), opens and closes such as 09:00.", code="bad_hours")
    return Opening(tuple(sorted(set(days or ()))), str(opens), str(closes))


def is_open(hours: Iterable[Opening], at: datetime) -> bool:
    """Tell whether a point with these hours is open at a moment; public holidays are not known here."""
    local = at.astimezone(SHANGHAI)
    time = f"{local:%H:%M}"
    return any(local.isoweekday() in one.days and one.opens <= time < one.closes for one in hours)


def metres_between(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Return the great-circle distance of two places in degrees (WGS 84), by the haversine formula, within 0.5 %."""
    north, east = radians(other_latitude - latitude), radians(other_longitude - longitude)
    chord = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(min(1.0, chord)))
