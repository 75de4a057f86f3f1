"""The lattice window (漏窗) on a card, drawn from its number, so that each card has its own.

Five families of the Suzhou gardens, varied by the number: begonia (海棠), ice-ray (冰裂), lantern (灯笼锦),
tortoise back (龟背) and stepped brocade (步步锦). The result is one SVG path in tenths of a pixel; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, pi, sin

TENTHS = 10
_M32 = 0xFFFFFFFF

Point = tuple[float, float]


class _Dice:
    """A small repeatable random source (Mulberry32) seeded with FNV-1a of a text; the picture is no secret."""

    def __init__(self, text: str) -> None:
        state = 2166136261
        for character in text:
            state = ((state ^ ord(character)) * 16777619) & _M32
        self._state = state

    def roll(self) -> float:
        """Return the next number in [0, 1)."""
        self._state = (self._state + 0x6D2B79F5) & _M32
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 15)) * (mixed | 1)) & _M32
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & _M32)) & _M32
        return ((mixed ^ (mixed >> 14)) & _M32) / 2**32

    def between(self, low: float, high: float) -> float:
        """Return the next number between two bounds."""
        return low + (high - low) * self.roll()


@dataclass(frozen=True)
class _Window:
    """What is filled: width, height and the side of a cell, in pixels."""

    width: float
    height: float
    cell: float

    def centres(self, dx: float, dy: float, *, stagger: bool) -> Iterator[Point]:
        """Walk the centres of a grid that covers the window and one cell around it."""
        for row in range(-1, int(self.height / dy) + 3):
            for column in range(-1, int(self.width / dx) + 3):
                yield column * dx + (dx / 2 if stagger and row % 2 else 0), row * dy


def _at(point: Point) -> str:
    return f"{round(point[0] * TENTHS)} {round(point[1] * TENTHS)}"


def _line(*points: Point, close: bool = False) -> str:
    return "M" + "L".join(_at(point) for point in points) + ("Z" if close else "")


def _ring(x: float, y: float, radius: float, sides: int, turn: float) -> str:
    corners = [
        (x + radius * cos(turn + k * 2 * pi / sides), y + radius * sin(turn + k * 2 * pi / sides)) for k in range(sides)
    ]
    return _line(*corners, close=True)


def _begonia(dice: _Dice, window: _Window) -> Iterator[str]:
    """Four petals around each crossing, the crossings tied by short bars."""
    c = window.cell
    petal, reach = c * dice.between(0.17, 0.22), c * dice.between(0.16, 0.21)
    stagger = dice.roll() > 0.4
    heart = dice.roll() > 0.5
    for x, y in window.centres(c, c * (0.5 if stagger else 1), stagger=stagger):
        if stagger and not heart and round(y / (c * 0.5)) % 2:
            continue
        for k in range(4):
            angle = k * pi / 2
            mx, my = x + cos(angle) * reach, y + sin(angle) * reach
            start = (mx + cos(angle - 2.1) * petal, my + sin(angle - 2.1) * petal)
            end = (mx + cos(angle + 2.1) * petal, my + sin(angle + 2.1) * petal)
            size = round(petal * TENTHS)
            yield f"M{_at(start)}A{size} {size} 0 1 1 {_at(end)}"
        edge = reach + petal
        for sign in (-1, 1):
            yield _line((x + sign * edge, y), (x + sign * c / 2, y))
            yield _line((x, y + sign * edge), (x, y + sign * c / 2))


def _ice_ray(dice: _Dice, window: _Window) -> Iterator[str]:
    """Cracked ice: a grid whose knots have drifted, some panes split once more."""
    c = window.cell * 1.15
    columns, rows = int(window.width / c) + 4, int(window.height / c) + 4
    drift = dice.between(0.26, 0.38)
    knots = [
        [((i - 1 + dice.between(-drift, drift)) * c, (j - 1 + dice.between(-drift, drift)) * c) for i in range(columns)]
        for j in range(rows)
    ]
    for j in range(rows - 1):
        for i in range(columns - 1):
            a, b, d, e = knots[j][i], knots[j][i + 1], knots[j + 1][i], knots[j + 1][i + 1]
            if dice.roll() > 0.12:
                yield _line(a, b)
            if dice.roll() > 0.12:
                yield _line(a, d)
            split = dice.roll()
            if split < 0.34:
                yield _line(a, e)
            elif split < 0.68:
                yield _line(b, d)
            elif split < 0.86:
                middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), ((d[0] + e[0]) / 2, (d[1] + e[1]) / 2)
                yield _line(*middle)


def _lantern(dice: _Dice, window: _Window) -> Iterator[str]:
    """Octagons around squares, hung in rows."""
    c = window.cell
    half, inner = c * 0.5, c * dice.between(0.19, 0.27)
    core, stagger = inner * dice.between(0.45, 0.7), dice.roll() > 0.5
    for x, y in window.centres(c, c, stagger=stagger):
        yield _line(
            (x - half, y - inner),
            (x - inner, y - half),
            (x + inner, y - half),
            (x + half, y - inner),
            (x + half, y + inner),
            (x + inner, y + half),
            (x - inner, y + half),
            (x - half, y + inner),
            close=True,
        )
        yield _line(
            (x - inner, y - inner), (x + inner, y - inner), (x + inner, y + inner), (x - inner, y + inner), close=True
        )
        for sx in (-1, 1):
            for sy in (-1, 1):
                yield _line((x + sx * core, y + sy * core), (x + sx * inner, y + sy * inner))
        yield _line((x, y - core), (x + core, y), (x, y + core), (x - core, y), close=True)


def _tortoise(dice: _Dice, window: _Window) -> Iterator[str]:
    """Hexagons like a tortoise's back, each with a smaller one or a flower inside."""
    radius = window.cell * 0.52
    inner, spokes = radius * dice.between(0.36, 0.62), dice.roll() > 0.45
    for x, y in window.centres(radius * 3**0.5, radius * 1.5, stagger=True):
        yield _ring(x, y, radius, 6, pi / 2)
        yield _ring(x, y, inner, 6, pi / 2 if spokes else 0)
        if spokes:
            for k in range(6):
                angle = pi / 2 + k * pi / 3
                yield _line(
                    (x + inner * cos(angle), y + inner * sin(angle)), (x + radius * cos(angle), y + radius * sin(angle))
                )


def _stepped(dice: _Dice, window: _Window) -> Iterator[str]:
    """Stepped brocade: nested frames, turned a quarter in every other cell, tied by short bars."""
    c = window.cell
    wide, narrow = c * dice.between(0.40, 0.46), c * dice.between(0.22, 0.30)
    core = narrow * dice.between(0.35, 0.6)
    for x, y in window.centres(c, c, stagger=False):
        upright = (round(x / c) + round(y / c)) % 2 == 0
        w, h = (wide, narrow) if upright else (narrow, wide)
        yield _line((x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h), close=True)
        yield _line((x - core, y - core), (x + core, y - core), (x + core, y + core), (x - core, y + core), close=True)
        yield _line((x - c / 2, y), (x - core, y))
        yield _line((x + core, y), (x + c / 2, y))
        yield _line((x, y - c / 2), (x, y - core))
        yield _line((x, y + core), (x, y + c / 2))


_FAMILIES: tuple[Callable[[_Dice, _Window], Iterator[str]], ...] = (_begonia, _ice_ray, _lantern, _tortoise, _stepped)


def lattice_path(number: str, *, width: int = 360, height: int = 220, cell: int = 36) -> str:
    """Return the ``d`` of the SVG path for a card number, in tenths of a pixel."""
    dice = _Dice(number)
    draw = _FAMILIES[int(dice.roll() * len(_FAMILIES))]
    return "".join(draw(dice, _Window(width, height, cell * dice.between(0.92, 1.12))))
