"""Read the facts of some people back from a chunk: of those few whose change is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columns.arrow import buffer_of, dtype_of, texts_at
from suchang.eligibility.pack.model import Fact, Field, Type
from suchang.eligibility.pack.values import SCALE

_EPOCH = date(1970, 1, 1).toordinal()
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Place:
    """Where a fact lies among the columns of a chunk; ``complete`` is the column that tells whether a list is whole."""

    fact: Fact
    column: int
    complete: int | None
    fields: tuple[Field, ...]
    """Of records, the fields that were read."""


def facts_at(places: Sequence[Place], columns: Sequence[Any], rows: Sequence[int]) -> list[Mapping[str, Any]]:
    """Return the facts that were read of some people, as the single-record engine takes them."""
    found: list[dict[str, Any]] = [{} for _ in rows]
    at = np.array(rows, dtype=np.int64)
    for place in places:
        column, fact = columns[place.column], place.fact
        if fact.is_list:
            values = _lists(column, at, place)
            whole = [True] * len(rows) if place.complete is None else _scalars(columns[place.complete], at, Type.BOOL)
            values = [
                {"items": value, "complete": False} if value is not None and is_whole is False else value
                for value, is_whole in zip(values, whole, strict=True)
            ]
        else:
            # Of an enumeration the places came.
            coded = fact.values if fact.type is Type.ENUM else None
            values = _scalars(column, at, fact.type, coded)
        for facts, value in zip(found, values, strict=True):
            if value is not None:
                facts[fact.name] = value
    return list(found)


def _lists(column: Any, at: Rows, place: Place) -> list[Any]:
    offsets = buffer_of(column, 1, np.int32)
    begins, ends = ((offsets[at + int(column.offset) + step]).astype(np.int64) for step in (0, 1))
    items = _items(
        next(iter(column.children)), np.concatenate([np.empty(0, np.int64), *map(np.arange, begins, ends)]), place
    )
    sizes = np.concatenate([[0], np.cumsum(ends - begins)]).tolist()
    return [
        items[sizes[number] : sizes[number + 1]] if there else None for number, there in enumerate(_there(column, at))
    ]


def _items(inner: Any, at: Rows, place: Place) -> list[Any]:
    if place.fact.type is Type.CODES:
        return _scalars(inner, at, place.fact.fields[0].type)
    inside = at + int(inner.offset)
    parts = zip(place.fields, inner.children, strict=False)
    columns = {field.name: _scalars(part, inside, field.type) for field, part in parts}
    return [
        {name: values[number] for name, values in columns.items()} if there else None
        for number, there in enumerate(_there(inner, at))
    ]


def _there(column: Any, at: Rows) -> list[bool]:
    bits = buffer_of(column, 0, np.uint8) if column.null_count else ()
    return _bits(bits, at + int(column.offset)) if len(bits) else [True] * len(at)


def _bits(bits: Any, at: Rows) -> list[bool]:
    flags: list[bool] = (bits[at >> 3] >> (at & 7) & 1).astype(np.bool_).tolist()
    return flags


def _scalars(column: Any, at: Rows, kind: Type, coded: Sequence[str] | None = None) -> list[Any]:
    """Return single values, None where there is none; with ``coded`` places among these have come."""
    there = _there(column, at)
    # What lies under an unknown value may be anything.
    values = iter(_known(column, at[there], kind, coded))
    return [next(values) if each else None for each in there]


def _known(column: Any, at: Rows, kind: Type, coded: Sequence[str] | None) -> list[Any]:
    inside = at + int(column.offset)
    match kind:
        case Type.BOOL:
            return _bits(buffer_of(column, 1, np.uint8), inside)
        case Type.INTEGER | Type.DECIMAL | Type.DATE:
            numbers: list[Any] = buffer_of(column, 1, dtype_of(column, kind))[inside].tolist()
            if kind is Type.DECIMAL:
                return [Decimal(number) / SCALE for number in numbers]
            return numbers if kind is Type.INTEGER else [date.fromordinal(_EPOCH + number) for number in numbers]
    if coded is not None:
        return [coded[number] for number in buffer_of(column, 1, np.int32)[inside].tolist()]
    return [normalize("NFC", text) for text in texts_at(column, at.tolist())]
