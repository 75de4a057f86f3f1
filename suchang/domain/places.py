"""The province's 13 cities (GB/T 2260) with the centres that maps draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suchang.domain.vocabulary import Text


@dataclass(frozen=True, slots=True)
class City:
    """A prefecture city: code, name, centre in degrees (WGS 84), and whether it belongs to Northern Jiangsu (苏北)."""

    code: str
    name: Text
    longitude: float
    latitude: float
    northern: bool = False


_CITIES = (
    City("320100", Text("南京", "Nanjing"), 118.80, 32.06),
    City("320200", Text("无锡", "Wuxi"), 120.31, 31.49),
    City("320300", Text("徐州", "Xuzhou"), 117.28, 34.21, northern=True),
    City("320400", Text("常州", "Changzhou"), 119.97, 31.81),
    City("320500", Text("苏州", "Suzhou"), 120.59, 31.30),
    City("320600", Text("南通", "Nantong"), 120.89, 31.98),
    City("320700", Text("连云港", "Lianyungang"), 119.22, 34.60, northern=True),
    City("320800", Text("淮安", "Huai'an"), 119.02, 33.61, northern=True),
    City("320900", Text("盐城", "Yancheng"), 120.16, 33.35, northern=True),
    City("321000", Text("扬州", "Yangzhou"), 119.41, 32.39),
    City("321100", Text("镇江", "Zhenjiang"), 119.43, 32.19),
    City("321200", Text("泰州", "Taizhou"), 119.92, 32.46),
    City("321300", Text("宿迁", "Suqian"), 118.28, 33.96, northern=True),
)

CITIES: Mapping[str, City] = {city.code: city for city in _CITIES}
"""The cities by code, in the order of the standard."""

PROVINCE = "320000"
"""The code of the province, the scope of officers who see all cities."""
