"""From Arrow's buffers to columns, without copying what can be used as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nanoarrow
import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columns.dictionary_encoding import Dictionary
from suchang.eligibility.batch.columns.packed import Bits, Flat, pack, width
from suchang.eligibility.pack.model import Type


def flat_of(child: Any, count: int, kind: Type, start: int = 0, words: Dictionary | None = None) -> Flat:
    """Return ``count`` values from ``start`` on; with ``words`` the child holds texts, and their numbers are given."""
    known = bitmap_of(child, count, start)
    begin = int(child.offset) + start
    if words is not None:
        offsets = buffer_of(child, 1, np.int32)[begin : begin + count + 1]
        return Flat(words.numbers(offsets, buffer_of(child, 2, np.uint8)), known)
    if kind is Type.BOOL:
        return Flat(_bits(buffer_of(child, 1, np.uint8), begin, count), known)
    return Flat(buffer_of(child, 1, dtype_of(child, kind))[begin : begin + count], known)


def dtype_of(child: Any, kind: Type) -> Any:
    """Return the type of a column's numbers: integers and decimals come as wide as they need to be."""
    return np.dtype(child.storage_type) if kind in (Type.INTEGER, Type.DECIMAL) else np.int32


def items_of(child: Any, count: int) -> tuple[int, NDArray[np.int64]]:
    """Return where the items of ``count`` lists begin, and of each item the place of its list."""
    begin = int(child.offset)
    offsets = buffer_of(child, 1, np.int32)[begin : begin + count + 1]
    starts, ends = offsets[:-1], offsets[1:]
    # Most lists are empty.
    filled = np.flatnonzero(ends != starts)
    return int(offsets[0]), np.repeat(filled, ends[filled] - starts[filled])


def buffer_of(child: Any, place: int, dtype: Any) -> NDArray[Any]:
    """Return a buffer as numbers; an absent one is empty."""
    raw = child.buffer(place)
    return np.frombuffer(raw, dtype) if raw is not None and memoryview(raw) else np.zeros(0, dtype)


def bitmap_of(child: Any, count: int, start: int = 0) -> Bits | None:
    """Return the bitmap of what is not null; None when nothing is."""
    if child.null_count == 0:
        return None
    raw = buffer_of(child, 0, np.uint8)
    return _bits(raw, int(child.offset) + start, count) if len(raw) else None


def texts_at(child: Any, places: Sequence[int]) -> list[str]:
    """Return some texts of an array of texts; a null one is empty."""
    offsets, data = buffer_of(child, 1, np.int32), buffer_of(child, 2, np.uint8)
    begin = int(child.offset)
    return [data[offsets[begin + place] : offsets[begin + place + 1]].tobytes().decode("utf-8") for place in places]


def copied_texts(child: Any, count: int) -> Any:
    """Return an array of texts a life of its own; as part of a chunk it would keep the whole chunk."""
    begin = int(child.offset)
    offsets = buffer_of(child, 1, np.int32)[begin : begin + count + 1]
    data = buffer_of(child, 2, np.uint8)[offsets[0] : offsets[-1]].copy()
    known = bitmap_of(child, count)
    buffers = [None if known is None else known.copy(), offsets - offsets[0], data]
    return nanoarrow.c_array_from_buffers(nanoarrow.string(), count, buffers)


def _bits(raw: NDArray[np.uint8], begin: int, count: int) -> Bits:
    """Return ``count`` bits from the bit ``begin`` on; shared memory where they begin with a byte."""
    if begin % 8 == 0:
        return raw[begin // 8 : begin // 8 + width(count)]
    return pack(np.unpackbits(raw, bitorder="little")[begin : begin + count].view(np.bool_))
