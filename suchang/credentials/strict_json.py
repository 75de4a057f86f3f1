"""The JSON of tokens, status lists and key rings, read strictly.

Refused beside what is no JSON at all: duplicate keys, floats (the profile has none), NaN and Infinity, texts that are
not UTF-8, a byte order mark, lone surrogates, nesting deeper than 16.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

JsonObject = dict[str, Any]
MAX_DEPTH = 16

_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _no_float(_text: str) -> NoReturn:
    raise ValueError("a number that is not an integer")


_DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_float=_no_float, parse_constant=_no_float)


def read_object(data: bytes) -> JsonObject:
    """Read one JSON object from UTF-8; ValueError for anything else."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
        # Two cheap looks at the bytes spare almost every document the walk.
        deep = data.count(b"{") + data.count(b"[") > MAX_DEPTH and _depth(value) > MAX_DEPTH
    except RecursionError:
        deep = True
    if deep:
        raise ValueError("nested too deeply")
    if type(value) is not dict:
        raise ValueError("not a JSON object")
    if b"\\u" in data:
        _CANONICAL.encode(value).encode("utf-8")
    return value


def _depth(value: object) -> int:
    if type(value) is dict:
        return 1 + max(map(_depth, value.values()), default=0)
    if type(value) is list:
        return 1 + max(map(_depth, value), default=0)
    return 0


def write(value: object) -> bytes:
    """Write JSON in its shortest form, in UTF-8 and in the given order of keys."""
    return _CANONICAL.encode(value).encode("utf-8")
