"""The people whom an edit moves, as a flow between tiers: where each bar and band lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, BAR, GAP, HEIGHT, TOP, SIDE = 520, 14, 18, 260, 34, 96


@dataclass(frozen=True)
class Bar:
    """A tier on one side; ``tier`` None is no tier."""

    tier: str | None
    x: float
    y: float
    size: float
    side: int


@dataclass(frozen=True)
class Band:
    """People who go from one tier to another."""

    before: str | None
    after: str | None
    people: int
    turn: str
    path: str


@dataclass(frozen=True)
class Flow:
    """The whole drawing in its own pixels."""

    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]
    width: float
    height: float


def flow(moves: Sequence[Mapping[str, Any]], tiers: Sequence[str]) -> Flow:
    """Lay out the moves of a report: the tiers before on the left, after on the right, those who stay left out."""
    changed = [one for one in moves if one["before"] != one["after"]]
    total = sum(one["people"] for one in changed) or 1
    order: list[str | None] = [*tiers, None]
    sides = [_bars(changed, key, order, total, side) for side, key in enumerate(("before", "after"))]
    used = [dict.fromkeys(side, 0.0) for side in sides]
    bands = []
    for before in order:
        for after in order:
            for one in changed:
                if (one["before"], one["after"]) == (before, after):
                    size = HEIGHT * one["people"] / total
                    tops = sides[0][before].y + used[0][before], sides[1][after].y + used[1][after]
                    used[0][before] += size
                    used[1][after] += size
                    turn = _turn(before, after, order)
                    bands.append(Band(before, after, one["people"], turn, _path(tops, max(size, 1.2))))
    bars = tuple(bar for side in sides for bar in side.values())
    return Flow(bars, tuple(bands), WIDTH, max((bar.y + bar.size for bar in bars), default=0) + 12)


def _bars(
    changed: Sequence[Mapping[str, Any]], key: str, order: Sequence[str | None], total: int, side: int
) -> dict[str | None, Bar]:
    top, found = float(TOP), {}
    for tier in order:
        size = HEIGHT * sum(one["people"] for one in changed if one[key] == tier) / total
        if size:
            x = SIDE if side == 0 else WIDTH - SIDE - BAR
            found[tier] = Bar(tier, x, round(top, 1), round(max(size, 3), 1), side)
            top += max(size, 3) + GAP
    return found


def _turn(before: str | None, after: str | None, order: Sequence[str | None]) -> str:
    if before is None:
        return "gains"
    if after is None:
        return "loses"
    return "rises" if order.index(after) < order.index(before) else "falls"


def _path(tops: tuple[float, float], size: float) -> str:
    left, right, middle = SIDE + BAR, WIDTH - SIDE - BAR, WIDTH / 2
    one, other = tops
    return (
        f"M{left} {one:.1f}C{middle:g} {one:.1f} {middle:g} {other:.1f} {right} {other:.1f}V{other + size:.1f}"
        f"C{middle:g} {other + size:.1f} {middle:g} {one + size:.1f} {left} {one + size:.1f}Z"
    )
