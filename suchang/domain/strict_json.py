"""The one strict reader of JSON: bodies of requests, tokens and status lists, facts of people.

What common parsers let through, and two readers may then understand differently, is refused: duplicate keys, NaN and
Infinity, numbers too large for a double, integers of thousands of digits, lone surrogates, deep nesting, a byte order
mark, bytes that are not UTF-8 (RFC 8259 sections 4, 6 and 8; RFC 7493). What differs between the readers are bounds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, NoReturn

_LONE_HALF = re.compile("[\ud800-\udfff]")


class JsonRefused(ValueError):
    """A text is no JSON, or none that is read here; the sentence says why."""

    def __init__(self, sentence: str, code: str = "malformed") -> None:
        super().__init__(sentence)
        self.sentence, self.code = sentence, code


class Fractions(Enum):
    """What becomes of a number with a point or an exponent."""

    FLOAT = "float"
    DECIMAL = "decimal"
    REFUSED = "refused"


@dataclass(frozen=True)
class StrictJson:
    """A reader with its bounds; ``name`` is what its sentences call the text."""

    name: str
    max_size: int
    """Bytes of bytes, characters of a text."""
    max_depth: int
    max_digits: int | None
    """Digits of an integer, characters of another number; None leaves it to Python, which refuses thousands."""
    fractions: Fractions
    nul: bool = False
    """Whether texts may hold NUL, which PostgreSQL can't store."""

    def read(self, data: bytes | str) -> Any:
        """Parse one JSON value; JsonRefused says what is wrong with it."""
        if len(data) > self.max_size:
            raise JsonRefused(f"The {self.name} is larger than {self.max_size // 1024} KiB.", "body_too_large")
        text = self._decoded(data) if isinstance(data, bytes) else data
        # Counting spares almost every text the walk.
        if text.count("{") + text.count("[") > self.max_depth and _depth(text) > self.max_depth:
            raise JsonRefused(f"The JSON is nested deeper than {self.max_depth} levels.")
        try:
            value = self._decoder.decode(text)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise JsonRefused(f"The {self.name} is not JSON: {where}.") from None
        except JsonRefused:
            raise
        except ValueError:
            raise JsonRefused("The JSON holds a number of too many digits.") from None
        if "\\u" in text:
            # Only an escape can bring in what UTF-8 and JSON's own strings refuse.
            self._refuse_odd_text(value)
        return value

    def _decoded(self, data: bytes) -> str:
        if data.startswith(b"\xef\xbb\xbf"):
            raise JsonRefused(f"The {self.name} begins with a byte order mark; send plain UTF-8.")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise JsonRefused(f"The {self.name} is not UTF-8 (byte {error.start}).") from None

    @cached_property
    def _decoder(self) -> json.JSONDecoder:
        fraction: dict[Fractions, Callable[[str], Any]] = {
            Fractions.FLOAT: _float,
            Fractions.DECIMAL: self._decimal,
            Fractions.REFUSED: _no_fraction,
        }
        return json.JSONDecoder(
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_int=self._integer if self.max_digits else None,
            parse_float=fraction[self.fractions],
        )

    def _integer(self, text: str) -> int:
        if len(text.lstrip("-")) > (self.max_digits or 0):
            raise JsonRefused(f"The JSON holds an integer of more than {self.max_digits} digits.")
        return int(text)

    def _decimal(self, text: str) -> Decimal:
        if len(text) > (self.max_digits or 0):
            raise JsonRefused(f"The JSON holds a number of more than {self.max_digits} characters.")
        return Decimal(text)

    def _refuse_odd_text(self, value: Any) -> None:
        if isinstance(value, str):
            if _LONE_HALF.search(value):
                raise JsonRefused("The JSON holds half of a surrogate pair.")
            if not self.nul and "\x00" in value:
                raise JsonRefused("The JSON holds a NUL character.")
        elif isinstance(value, dict):
            for key, one in value.items():
                self._refuse_odd_text(key)
                self._refuse_odd_text(one)
        elif isinstance(value, list):
            for one in value:
                self._refuse_odd_text(one)


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
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        shown = twice if len(twice) <= 40 else twice[:40] + "…"
        named = json.dumps(shown, ensure_ascii=True)
        raise JsonRefused(f"The JSON names {named} twice; say each name once.")
    return result


def _constant(name: str) -> NoReturn:
    raise JsonRefused(f"The JSON holds {name}, which is not a JSON number.")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonRefused("The JSON holds a number too large to be represented.")
    return value


def _no_fraction(_text: str) -> NoReturn:
    raise JsonRefused("The JSON holds a number that is not an integer.")
