"""Pull an Arrow stream without holding Python's lock, so that several threads can read at the same time.

nanoarrow calls ``get_next`` of a stream with the lock held; through ctypes the same function pointer is called without
it. DuckDB decodes Parquet inside that call. The layout of the struct is fixed by the Arrow C stream interface.
Decimals of 32 and 64 bits come as the integers that they are in memory, because nanoarrow has no buffers of decimals.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import nanoarrow
from nanoarrow.c_array import allocate_c_array

_Next = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_INTEGERS = {"32": nanoarrow.int32, "64": nanoarrow.int64}
_Message = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)


class StreamBroken(Exception):
    """The producer of a stream failed; the text is its own."""


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream."""

    _fields_ = (
        ("get_schema", _Next),
        ("get_next", _Next),
        ("get_last_error", _Message),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


def arrays_of(source: Any) -> Iterator[Any]:
    """Yield the arrays of anything that exports an Arrow stream; raises ``StreamBroken``."""
    stream = nanoarrow.c_array_stream(source)
    schema, address = _plain(stream.get_schema()), stream._addr()
    functions = _Stream.from_address(address)
    while True:
        array = allocate_c_array(schema)
        if functions.get_next(address, array._addr()) != 0:
            told = functions.get_last_error(address) or b"the stream ended early"
            raise StreamBroken(told.decode("utf-8", "replace"))
        if not array.is_valid():
            return
        yield array


def _plain(schema: Any) -> Any:
    """Describe decimals as integers, in lists and structs too."""
    kind = _INTEGERS.get(schema.format.rpartition(",")[2]) if schema.format.startswith("d:") else None
    if kind:
        return nanoarrow.c_schema(kind()).modify(name=schema.name)
    return schema.modify(children=[_plain(child) for child in schema.children]) if schema.n_children else schema
