"""Values of facts: how each type is checked at the border, held in a record and written back."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.pack.model import Field, Type
from suchang.eligibility.pack.reader import DAY, DECIMAL, MAX_INTEGER, MAX_TEXT

NAN = float("nan")
"""The one unknown number: sets find it by identity."""
SCALE = 10_000
NUMBERS = frozenset({Type.INTEGER, Type.DECIMAL, Type.DATE})
_STEP = Decimal("0.0001")


class Bad(Exception):
    """A value is not of its type; the message says what is needed."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message, self.path = message, path


def unknown_value(field: Field) -> Any:
    """Return how an unknown value of a type is held."""
    return NAN if field.type in NUMBERS else None


def json_scalar(field: Field, value: Any) -> Any:
    """Turn a slot into a JSON value: decimals become their shortest text, dates ISO texts or ``open``."""
    if value is None or value is NAN:
        return None
    match field.type:
        case Type.DECIMAL:
            return format((Decimal(value) / SCALE).normalize() + 0, "f")
        case Type.DATE:
            day = date.fromordinal(value)
            return "open" if day == OPEN_END else day.isoformat()
        case _:
            return value


def scalar_reader(field: Field) -> Callable[[Any], Any]:
    """Return the function that checks and converts one value of a type; it raises Bad."""
    match field.type:
        case Type.BOOL:
            return _boolean
        case Type.INTEGER:
            return _integer
        case Type.DECIMAL:
            return _decimal
        case Type.DATE:
            return _day
        case Type.ENUM:
            return _enum_reader(field.values)
        case _:
            return read_text


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return value is True
    raise Bad(f"true or false is needed, not {shown(value)}")


def _integer(value: Any) -> int:
    if type(value) is int and -MAX_INTEGER <= value <= MAX_INTEGER:
        return value
    raise Bad(f"a whole number is needed, not {shown(value)}")


def _decimal(value: Any) -> int:
    if type(value) is int and abs(value) < 10**14:
        return value * SCALE
    number = value
    if type(value) is float:
        number = Decimal(repr(value))
    elif type(value) is str and DECIMAL.match(value):
        number = Decimal(value)
    if type(number) is Decimal and number.is_finite() and number.adjusted() < 14:
        rounded = number.quantize(_STEP)
        if rounded == number:
            return int(rounded.scaleb(4))
    raise Bad(f"a number with at most 14 digits before and 4 after the point is needed, not {shown(value)}")


def _day(value: Any) -> int:
    if type(value) is str:
        if value == "open":
            return OPEN_END.toordinal()
        if DAY.match(value):
            try:
                return date.fromisoformat(value).toordinal()
            except ValueError:
                raise Bad(f"{value} is no day of the calendar") from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal()
    raise Bad(f"a date such as 2026-11-01 (or open) is needed, not {shown(value)}")


def read_text(value: Any) -> str:
    if type(value) is not str or not value or len(value) > MAX_TEXT:
        raise Bad(f"a text of 1 to {MAX_TEXT} characters is needed, not {shown(value)}")
    if not value.isascii():
        if not unicodedata.is_normalized("NFC", value):
            raise Bad("the text has decomposed characters; send it composed (Unicode NFC)")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise Bad("the text has half a character (a lone surrogate)")
    if not value.isprintable() and any(character < " " for character in value):
        raise Bad("the text has a control character")
    return value


def _enum_reader(values: tuple[str, ...]) -> Callable[[Any], str]:
    known = {value: value for value in values}

    def read(value: Any) -> str:
        if type(value) is str and value in known:
            return known[value]
        few = f"; use one of {', '.join(values)}" if len(values) <= 20 else ""
        raise Bad(f"{shown(value)} is not one of the declared values{few}")

    return read


def shown(value: Any) -> str:
    """Show a bad value briefly, so that an error never carries a person's whole file."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
