"""Read the facts of single people back from a chunk: for those few whose change is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import numpy as np

from suchang.eligibility.batch.arrow import buffer_of, dtype_of
from suchang.eligibility.model import Fact, Field, Type
from suchang.eligibility.values import SCALE

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Place:
    """Where a fact lies among the columns of a chunk; ``complete`` is the column that tells whether a list is whole."""

    fact: Fact
    column: int
    complete: int | None
    fields: tuple[Field, ...]
    """Of records, the fields that were read."""


def facts_at(places: Sequence[Place], columns: Sequence[Any], row: int) -> Mapping[str, Any]:
    """Give the facts that were read of one person, as the single-record engine takes them."""
    found = {}
    for place in places:
        column = columns[place.column]
        if not _there(column, row):
            continue
        if not place.fact.is_list:
            found[place.fact.name] = _scalar(column, row, place.fact, coded=place.fact.type is Type.ENUM)
            continue
        items = _items(column, row, place)
        whole = place.complete is None or _scalar(columns[place.complete], row, None, coded=False) is not False
        found[place.fact.name] = items if whole else {"items": items, "complete": False}
    return found


def _items(column: Any, row: int, place: Place) -> list[Any]:
    begin, end = buffer_of(column, 1, np.int32)[column.offset + row : column.offset + row + 2].tolist()
    inner = next(iter(column.children))
    if place.fact.type is Type.CODES:
        return [_scalar(inner, item, place.fact.fields[0], coded=False) for item in range(begin, end)]
    parts = list(zip(place.fields, inner.children, strict=False))
    return [
        {field.name: _scalar(part, inner.offset + item, field, coded=False) for field, part in parts}
        if _there(inner, item)
        else None
        for item in range(begin, end)
    ]


def _there(column: Any, place: int) -> bool:
    if column.null_count == 0:
        return True
    bits = buffer_of(column, 0, np.uint8)
    return not len(bits) or _bit(bits, column.offset + place)


def _bit(bits: Any, place: int) -> bool:
    return bool(bits[place >> 3] >> (place & 7) & 1)


def _scalar(column: Any, place: int, field: Field | None, *, coded: bool) -> Any:
    """Give one value; ``field`` None is a boolean, ``coded`` an enumeration that came by its place."""
    if not _there(column, place):
        return None
    at = int(column.offset) + place
    match field.type if field else Type.BOOL:
        case Type.BOOL:
            return _bit(buffer_of(column, 1, np.uint8), at)
        case Type.INTEGER:
            return int(buffer_of(column, 1, dtype_of(column, Type.INTEGER))[at])
        case Type.DECIMAL:
            return Decimal(int(buffer_of(column, 1, dtype_of(column, Type.INTEGER))[at])) / SCALE
        case Type.DATE:
            return date.fromordinal(_EPOCH + int(buffer_of(column, 1, np.int32)[at]))
    if coded and field:
        return field.values[int(buffer_of(column, 1, np.int32)[at])]
    begin, end = buffer_of(column, 1, np.int32)[at : at + 2].tolist()
    return normalize("NFC", buffer_of(column, 2, np.uint8)[begin:end].tobytes().decode("utf-8"))
