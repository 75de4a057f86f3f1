"""The JSON of tokens, status lists and key rings: objects, read strictly (``suchang.domain.strict_json``).

The profile has no floats, and nothing in it is nested deeper than 16.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from suchang.domain.strict_json import Fractions, JsonRefused, StrictJson

JsonObject = dict[str, Any]
_READER = StrictJson(
    "document", max_size=sys.maxsize, max_depth=16, max_digits=None, fractions=Fractions.REFUSED, nul=True
)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_object(data: bytes) -> JsonObject:
    """Read one JSON object from UTF-8; ValueError for anything else."""
    value = _READER.read(data)
    if type(value) is not dict:
        raise JsonRefused("The document is no JSON object.")
    return value


def write(value: object) -> bytes:
    """Write JSON in its shortest form, in UTF-8 and in the given order of keys."""
    return _CANONICAL.encode(value).encode("utf-8")
