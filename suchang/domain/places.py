"""The province's 13 cities (GB/T 2260) with the centres that maps draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suchang.domain.account.roles import CITIES as NAMES
from suchang.domain.vocabulary import Text


@dataclass(frozen=True, slots=True)
class City:
    """A prefecture city: code, name, centre in degrees (WGS 84), and whether it belongs to Northern Jiangsu (苏北)."""

    code: str
    name: Text
    longitude: float
    latitude: float
    northern: bool = False


_CENTRES = {
    "320100": (118.80, 32.06),
    "320200": (120.31, 31.49),
    "320300": (117.28, 34.21),
    "320400": (119.97, 31.81),
    "320500": (120.59, 31.30),
    "320600": (120.89, 31.98),
    "320700": (119.22, 34.60),
    "320800": (119.02, 33.61),
    "320900": (120.16, 33.35),
    "321000": (119.41, 32.39),
    "321100": (119.43, 32.19),
    "321200": (119.92, 32.46),
    "321300": (118.28, 33.96),
}
_NORTHERN = frozenset({"320300", "320700", "320800", "320900", "321300"})


def _city(code: str) -> City:
    zh, en = NAMES[code]
    longitude, latitude = _CENTRES[code]
    return City(code, Text(zh.removesuffix("市"), en), longitude, latitude, northern=code in _NORTHERN)


CITIES: Mapping[str, City] = {code: _city(code) for code in NAMES}
"""The cities by code, in the order of the standard; their names are those of ``roles``, without 市."""
