"""Read JSON without surprises: no duplicate keys, no NaN, numbers exact, nesting and size bounded."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from suchang.domain.errors import FieldProblem
from suchang.eligibility.errors import FactsInvalid

MAX_LINE = 1 << 20
_MAX_DIGITS = 40


def read_json(text: str, where: str = "facts", *, limit: int = MAX_LINE) -> Any:
    """Parse one JSON value; numbers with a point become Decimal; FactsInvalid says what is wrong with it."""
    if len(text) > limit:
        raise _refused(where, f"longer than {limit} characters")
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_float=_decimal, parse_int=_integer, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise _refused(where, f"no JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise _refused(where, "nested too deep") from None
    except ValueError as error:
        raise _refused(where, str(error)) from None


def _refused(where: str, message: str) -> FactsInvalid:
    return FactsInvalid([FieldProblem(where, message)])


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands here twice")
    return found


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is too long")
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} characters is too long")
    return Decimal(text)


def _constant(text: str) -> None:
    raise ValueError(f"{text} is no number; leave the fact out when it is unknown")
