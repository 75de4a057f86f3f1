"""The one parser of JSON bodies, for every route.

What common parsers let through, and two readers may then understand differently, is refused: duplicate keys, NaN and
Infinity, numbers too large for a double, integers of thousands of digits, lone surrogates, NUL, deep nesting, a byte
order mark, bytes that are not UTF-8 (RFC 8259 sections 4, 6 and 8; RFC 7493).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from suchang.domain.errors import Malformed

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_DIGITS = 19
_ODD = re.compile("[\x00\ud800-\udfff]")


def _depth(text: str) -> int:
    deepest = depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise Malformed(f"The JSON names {_short(key)} twice; say each name once.")
        result[key] = value
    return result


def _short(text: str) -> str:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return json.dumps(shown, ensure_ascii=True)


def _constant(name: str) -> Any:
    raise Malformed(f"The JSON holds {name}, which is not a JSON number.")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise Malformed(f"The JSON holds an integer of more than {MAX_DIGITS} digits.")
    return int(digits)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Malformed("The JSON holds a number too large to be represented.")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer, parse_float=_number)


def loads(body: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Parse a JSON text of at most ``max_bytes``; raises Malformed with one sentence that says what is wrong."""
    if len(body) > max_bytes:
        raise Malformed(f"The body is larger than {max_bytes // 1024} KiB.", code="body_too_large")
    if body.startswith(b"\xef\xbb\xbf"):
        raise Malformed("The body begins with a byte order mark; send plain UTF-8.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8 (byte {error.start}).") from None
    # Counting spares almost every body the walk.
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise Malformed(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: line {error.lineno}, column {error.colno}.") from None
    _refuse_odd_text(value)
    return value


def _refuse_odd_text(value: Any) -> None:
    if isinstance(value, str):
        odd = _ODD.search(value)
        if odd is not None:
            what = "a NUL character" if odd[0] == "\x00" else "half of a surrogate pair"
            raise Malformed(f"The JSON holds {what}.")
    elif isinstance(value, dict):
        for key, one in value.items():
            _refuse_odd_text(key)
            _refuse_odd_text(one)
    elif isinstance(value, list):
        for one in value:
            _refuse_odd_text(one)
