"""Facts of many people as columns: plain numbers, and bitmaps packed as Arrow packs them (least bit first)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
"""A packed bitmap; the bits after the last person may be anything."""


@dataclass(frozen=True, slots=True)
class Flat:
    """One value a person, or one a list item.

    ``values`` are integers (decimals times 10,000, dates as days since 1970, texts by their place in the layout's
    dictionary, -1 for any other text, in at most 32 bits) or, for booleans, a packed bitmap. ``known`` is None when
    nothing is missing; what lies under an unknown value may be anything.
    """

    values: NDArray[Any]
    known: Bits | None


@dataclass(frozen=True, slots=True)
class Lists:
    """One list a person: ``rows[i]`` is the person of item i, ``fields`` the items' values.

    ``known`` is false where the list itself is unknown, ``complete`` false where it may hold more; None means all.
    """

    rows: NDArray[np.int64]
    fields: Mapping[str, Flat]
    known: Bits | None
    complete: Bits | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Some people: their ids (texts, or an Arrow array of texts), and of the facts asked for those that there are."""

    count: int
    ids: Sequence[str] | Any
    facts: Mapping[str, Flat | Lists]


def pack(flags: NDArray[np.bool_]) -> Bits:
    """Pack booleans, least significant bit first."""
    return np.packbits(flags, bitorder="little")


def unpack(bits: Bits, count: int) -> NDArray[np.bool_]:
    """Unpack the first ``count`` bits."""
    return np.unpackbits(bits, count=count, bitorder="little").view(np.bool_)


def width(count: int) -> int:
    """Return the bytes of a bitmap for so many people."""
    return (count + 7) // 8
