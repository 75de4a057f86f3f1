"""A map of the 13 cities, drawn by hand from shared corner points: for finding one's city, not for surveying.

Longitudes and latitudes are rounded by eye to a few kilometres; neighbours share their corners, so borders meet. City
centres are those of GB/T 2260's prefecture cities. There are no tiles and nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_WEST, _NORTH, _PER_DEGREE, _SQUEEZE = 116.2, 35.25, 150.0, 0.84

_KNOTS = {
    # outer border of the north, from the west tip of Xuzhou to the coast
    "a1": (116.37, 34.62), "a2": (116.62, 34.93), "a3": (116.84, 34.96), "a4": (117.07, 34.66), "a5": (117.35, 34.56),
    "a6": (117.78, 34.60), "a7": (117.97, 34.68), "a8": (118.18, 34.53), "a9": (118.42, 34.43), "a10": (118.47, 34.66),
    "a11": (118.74, 34.76), "a12": (118.90, 35.02), "a13": (119.12, 35.10), "a14": (119.30, 35.07),
    "a15": (119.19, 34.86), "a16": (119.46, 34.76), "a17": (119.62, 34.61), "a18": (119.83, 34.46),
    # coast of Yancheng and Nantong
    "b1": (120.06, 34.38), "b2": (120.28, 34.21), "b3": (120.46, 33.94), "b4": (120.58, 33.60), "b5": (120.78, 33.28),
    "b6": (120.90, 33.00), "b7": (120.92, 32.66), "c1": (121.12, 32.50), "c2": (121.42, 32.42), "c3": (121.58, 32.08),
    "c4": (121.92, 31.74), "c5": (121.58, 31.68), "c6": (121.22, 31.84), "c7": (120.98, 31.98), "c8": (120.76, 32.04),
    "c9": (120.55, 32.09),
    # Suzhou, the river bank and the borders with Shanghai and Zhejiang
    "e1": (120.40, 31.97), "e2": (120.62, 32.01), "e3": (120.86, 31.86), "e4": (121.10, 31.76), "e5": (121.33, 31.51),
    "e6": (121.13, 31.43), "e7": (121.08, 31.28), "e8": (120.92, 31.15), "e9": (120.88, 31.02), "e10": (120.69, 30.96),
    "e11": (120.60, 30.82), "e12": (120.43, 30.90), "e13": (120.22, 30.94), "e14": (119.95, 31.17),
    "e15": (120.06, 31.31), "e16": (120.27, 31.40), "e17": (120.46, 31.44), "e18": (120.59, 31.55),
    "e19": (120.56, 31.70), "e20": (120.39, 31.78),
    # Wuxi and Changzhou
    "f1": (119.53, 31.15), "f2": (119.72, 31.16), "g1": (120.20, 31.94), "g2": (120.03, 31.98), "g3": (120.05, 31.80),
    "g4": (120.15, 31.66), "g5": (120.05, 31.50), "g6": (119.95, 31.47), "g7": (119.82, 31.58), "g8": (119.60, 31.60),
    "g9": (119.56, 31.43), "h1": (119.18, 31.34), "h2": (119.20, 31.23), "h3": (119.38, 31.16), "h4": (119.97, 32.05),
    "h5": (119.84, 31.99), "h6": (119.77, 31.83), "h7": (119.62, 31.75), "h8": (119.33, 31.73), "h9": (119.27, 31.60),
    "h10": (119.22, 31.47),
    # Zhenjiang, Nanjing, Yangzhou
    "i1": (119.04, 32.23), "i2": (118.98, 31.97), "i3": (119.03, 31.74), "i5": (119.86, 32.23), "i6": (119.63, 32.23),
    "i7": (119.40, 32.26), "i8": (119.20, 32.22), "j1": (118.70, 32.60), "j2": (118.90, 32.56), "j3": (118.93, 32.40),
    "j5": (119.09, 31.24), "j6": (118.88, 31.23), "j7": (118.80, 31.40), "j8": (118.88, 31.58), "j9": (118.58, 31.68),
    "j10": (118.48, 31.86), "j11": (118.38, 32.03), "j12": (118.57, 32.20), "j13": (118.66, 32.35),
    "j14": (118.57, 32.49), "k1": (119.05, 32.54), "k2": (119.20, 32.62), "k3": (119.19, 32.84), "k5": (119.25, 33.05),
    "k6": (119.28, 33.26), "k7": (119.42, 33.40), "k8": (119.57, 33.36), "l1": (119.72, 33.22), "l2": (119.78, 33.12),
    "l3": (119.70, 32.90), "l4": (119.80, 32.73), "l5": (119.76, 32.55), "l6": (119.84, 32.38),
    # Taizhou and its neighbours
    "m1": (119.93, 32.13), "m2": (120.40, 32.23), "m3": (120.30, 32.35), "m4": (120.28, 32.53), "m5": (120.22, 32.68),
    "m6": (120.24, 32.86), "m7": (120.14, 33.05), "m8": (119.96, 33.17), "m9": (120.45, 32.62), "m10": (120.70, 32.66),
    # Yancheng, Huai'an, Lianyungang, Suqian
    "n1": (119.50, 33.55), "n2": (119.66, 33.70), "n3": (119.60, 33.90), "n4": (119.48, 34.05), "n5": (119.66, 34.20),
    "n6": (119.30, 34.07), "n7": (119.10, 34.03), "n8": (119.12, 34.24), "n9": (118.96, 34.38), "n10": (118.76, 34.36),
    "n11": (118.60, 34.33), "o1": (118.47, 34.14), "o2": (118.25, 34.19), "o3": (118.12, 34.06), "o4": (118.18, 33.88),
    "o5": (117.98, 33.76), "o6": (117.74, 33.73), "o7": (117.70, 33.89), "o8": (117.52, 34.06), "o9": (117.18, 34.07),
    "o10": (117.02, 34.17), "o11": (116.94, 34.38), "o12": (116.66, 34.48), "o13": (116.44, 34.52),
    "p1": (118.03, 33.56),
    "p2": (118.17, 33.42), "p3": (117.98, 33.32), "p4": (118.04, 33.17), "p5": (118.22, 33.15), "p6": (118.52, 33.24),
    "p7": (118.70, 33.42), "p8": (118.82, 33.56), "p9": (118.88, 33.76), "p10": (118.98, 33.92), "q1": (118.20, 32.98),
    "q2": (118.29, 32.84), "q3": (118.40, 32.73), "q4": (118.66, 32.74), "q5": (118.79, 32.84), "q6": (119.00, 32.96),
}  # fmt: skip

_BORDERS = {
    "320100": "j1 j2 j3 i1 i2 i3 h9 h10 h1 j5 j6 j7 j8 j9 j10 j11 j12 j13 j14",
    "320200": "f1 f2 e14 e15 e16 e17 e18 e19 e20 e1 g1 g2 g3 g4 g5 g6 g7 g8 g9",
    "320300": "a1 a2 a3 a4 a5 a6 a7 a8 a9 n11 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13",
    "320400": "h1 h2 h3 f1 g9 g8 g7 g6 g5 g4 g3 g2 h4 h5 h6 h7 h8 h9 h10",
    "320500": "e1 e2 e3 e4 e5 e6 e7 e8 e9 e10 e11 e12 e13 e14 e15 e16 e17 e18 e19 e20",
    "320600": "m5 m9 m10 b7 c1 c2 c3 c4 c5 c6 c7 c8 c9 m2 m3 m4",
    "320700": "a9 a10 a11 a12 a13 a14 a15 a16 a17 a18 n5 n4 n6 n7 n8 n9 n10 n11",
    "320800": "n7 n6 n4 n3 n2 n1 k8 k7 k6 k5 k3 q6 q5 q4 q3 q2 q1 p5 p6 p7 p8 p9 p10",
    "320900": "a18 b1 b2 b3 b4 b5 b6 b7 m10 m9 m5 m6 m7 m8 l2 l1 k8 n1 n2 n3 n4 n5",
    "321000": "j2 k1 k2 k3 k5 k6 k7 k8 l1 l2 l3 l4 l5 l6 i5 i6 i7 i8 i1 j3",
    "321100": "i1 i8 i7 i6 i5 m1 h4 h5 h6 h7 h8 h9 i3 i2",
    "321200": "l2 m8 m7 m6 m5 m4 m3 m2 c9 e1 g1 g2 h4 m1 i5 l6 l5 l4 l3",
    "321300": "n11 n10 n9 n8 n7 p10 p9 p8 p7 p6 p5 p4 p3 p2 p1 o5 o4 o3 o2 o1",
}

_CENTRES = {
    "320100": (118.82, 31.74), "320200": (120.30, 31.62), "320300": (117.36, 34.30), "320400": (119.40, 31.40),
    "320500": (120.76, 31.36), "320600": (120.94, 32.27), "320700": (119.12, 34.56), "320800": (119.06, 33.44),
    "320900": (120.18, 33.50), "321000": (119.50, 32.44), "321100": (119.46, 31.98), "321200": (120.02, 32.74),
    "321300": (118.50, 33.78),
}  # fmt: skip

_RIVER = ((118.38, 31.70), (118.58, 31.95), (118.80, 32.15), (119.04, 32.21), (119.20, 32.22), (119.40, 32.25),
          (119.63, 32.23), (119.86, 32.22), (119.95, 32.10), (120.03, 31.99), (120.20, 31.95), (120.40, 31.98),
          (120.58, 32.05), (120.78, 31.99), (121.00, 31.90), (121.25, 31.73), (121.60, 31.58),
          (122.05, 31.42))  # fmt: skip
_LAKES = (
    ((119.96, 31.20), (119.98, 31.36), (120.06, 31.46), (120.22, 31.50), (120.30, 31.42), (120.42, 31.34),
     (120.50, 31.18), (120.44, 31.02), (120.28, 30.96), (120.08, 31.02)),
    ((118.32, 33.20), (118.46, 33.42), (118.66, 33.50), (118.78, 33.40), (118.72, 33.22), (118.60, 33.08),
     (118.42, 33.12)),
    ((119.22, 32.68), (119.24, 32.88), (119.34, 32.98), (119.42, 32.84), (119.38, 32.70)),
)  # fmt: skip


@dataclass(frozen=True)
class CityShape:
    """A city on the map: its code, its outline as an SVG path, where its name stands."""

    code: str
    path: str
    x: float
    y: float


def place(longitude: float, latitude: float) -> tuple[float, float]:
    """Project a place into the map's pixels."""
    return round((longitude - _WEST) * _PER_DEGREE * _SQUEEZE, 1), round((_NORTH - latitude) * _PER_DEGREE, 1)


def _path(places: list[tuple[float, float]], *, close: bool = True) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in (place(*one) for one in places)) + ("Z" if close else "")


def _smooth(places: tuple[tuple[float, float], ...], *, close: bool) -> str:
    """Draw a line through the middles of its legs, bent at its corners."""
    points = [place(*one) for one in places]
    ends = points if close else points[1:-1]
    text = ""
    for index, (x, y) in enumerate(ends):
        follower = ends[(index + 1) % len(ends)] if close or index + 1 < len(ends) else points[-1]
        middle = ((x + follower[0]) / 2, (y + follower[1]) / 2)
        text += f"Q{x:g} {y:g} {middle[0]:.1f} {middle[1]:.1f}"
    start = ((points[-1][0] + points[0][0]) / 2, (points[-1][1] + points[0][1]) / 2) if close else points[0]
    return f"M{start[0]:.1f} {start[1]:.1f}{text}{'Z' if close else ''}"


@lru_cache(maxsize=1)
def shapes() -> tuple[CityShape, ...]:
    """Return the 13 cities as shapes, in the order of their codes."""
    return tuple(
        CityShape(code, _path([_KNOTS[knot] for knot in knots.split()]), *place(*_CENTRES[code]))
        for code, knots in _BORDERS.items()
    )


@lru_cache(maxsize=1)
def waters() -> tuple[str, tuple[str, ...]]:
    """Return the Yangtze as one path, and the three great lakes as closed ones."""
    return _smooth(_RIVER, close=False), tuple(_smooth(lake, close=True) for lake in _LAKES)


def size() -> tuple[int, int]:
    """Return width and height of the map in its own pixels."""
    return 730, 680
