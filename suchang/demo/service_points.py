"""Service points of the demo province: thirteen cities, each with a talent home, windows and partners' sites.

The places are invented: they lie around the centre of each city, and addresses say that they are a demonstration.
"""

from __future__ import annotations

from collections.abc import Iterator

from suchang.domain.help.service_points import Opening, PointKind
from suchang.domain.places import CITIES, City
from suchang.workflows.help.service_points import PointDraft

_WEEKDAYS = [Opening((1, 2, 3, 4, 5), "09:00", "12:00"), Opening((1, 2, 3, 4, 5), "13:30", "17:30")]
_CLINIC = [Opening((1, 2, 3, 4, 5, 6), "08:00", "17:00")]
_ALL_DAY = [Opening((1, 2, 3, 4, 5, 6, 7), "06:00", "22:30")]
_MUSEUM = [Opening((2, 3, 4, 5, 6, 7), "09:00", "17:00")]

_PLACES: list[tuple[PointKind, str, str, tuple[str, ...], list[Opening], tuple[float, float]]] = [
    # kind, name, domains, hours, degrees east and north of the centre
    (PointKind.TALENT_HOME, "人才之家", "Talent home", (), _WEEKDAYS, (0.004, 0.006)),
    (
        PointKind.WINDOW,
        "人才一站式专窗",
        "One-stop window for talents",
        ("business_registration", "exit_entry", "housing", "social_insurance"),
        _WEEKDAYS,
        (-0.012, 0.003),
    ),
    (PointKind.WINDOW, "教育服务专窗", "School office window", ("schooling",), _WEEKDAYS, (0.015, -0.011)),
    (PointKind.SITE, "第一医院人才门诊", "First hospital, talent clinic", ("medical",), _CLINIC, (-0.021, -0.014)),
    (PointKind.SITE, "人才公寓服务中心", "Talent apartments", ("housing",), _WEEKDAYS, (0.034, 0.022)),
    (PointKind.SITE, "博物馆", "Museum", ("culture_sport",), _MUSEUM, (0.009, -0.002)),
    (PointKind.SITE, "火车站快速通道", "Railway station, fast lane", ("transport",), _ALL_DAY, (-0.006, 0.031)),
    (PointKind.SITE, "人才银行网点", "Bank for talents", ("finance",), _WEEKDAYS, (0.002, -0.008)),
]


def points() -> Iterator[PointDraft]:
    """Return the service points of all cities."""
    for city in CITIES.values():
        yield from _of(city)


def _of(city: City) -> Iterator[PointDraft]:
    for number, (kind, zh, en, domains, hours, (east, north)) in enumerate(_PLACES, 1):
        yield PointDraft(
            kind=kind,
            name_zh=f"{city.name.zh}市{zh}",
            name_en=f"{city.name.en}: {en}",
            city=city.code,
            address=f"{city.name.zh}市演示路{number}号（演示数据）",
            longitude=round(city.longitude + east, 4),
            latitude=round(city.latitude + north, 4),
            domains=domains,
            languages=("zh", "en") if kind is not PointKind.SITE or "medical" in domains else ("zh",),
            hours=[one.to_json() for one in hours],
            phone="12345" if kind is PointKind.WINDOW else None,
        )
