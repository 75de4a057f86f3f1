"""Write JSON one way only (RFC 8785, JSON Canonicalization Scheme), for values without fractions."""

from __future__ import annotations

import json
from typing import Any

_LIMIT = 2**53


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value: objects, arrays, texts, booleans, null and integers below 2^53.

    Keys are sorted by UTF-16 code units (RFC 8785 section 3.2.3). TypeError for floats and other values.
    """
    return json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def canonical_ascii_keys(value: Any) -> bytes:
    """Return the canonical bytes of a value that holds no floats and whose keys are ASCII, several times as fast."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True).encode("utf-8")


def _sorted(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if not -_LIMIT < value < _LIMIT:
            raise TypeError(f"an integer of a determination must lie below 2^53, not {value}")
        return value
    if isinstance(value, dict):
        keys = sorted(value) if "".join(value).isascii() else sorted(value, key=_utf16)
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_sorted(each) for each in value]
    raise TypeError(f"canonical JSON has no {type(value).__name__}")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
