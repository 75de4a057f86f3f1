"""Telephone numbers in one spelling, so that one number is one account."""

from __future__ import annotations

import re

from suchang.domain.errors import Invalid
from suchang.domain.people.spelling import compact

_SHAPE = re.compile(r"\+?[0-9]{6,15}")
_CHINESE_MOBILE = re.compile(r"86(1[3-9][0-9]{9})")


def read_phone(text: str) -> str:
    """Return a telephone number as digits, with ``+`` and the country code where it isn't China's.

    ``86…``, ``0086…`` and ``+86…`` are one number, ``00`` before another country's code is ``+``; full-width digits,
    dashes, blanks, brackets and invisible marks are forgiven. Raises Invalid for what is no number.
    """
    number = re.sub(r"[()]", "", compact(text))
    number = re.sub(r"^00", "+", number)
    number = number.removeprefix("+86")
    if found := _CHINESE_MOBILE.fullmatch(number):
        number = found[1]
    if not _SHAPE.fullmatch(number):
        raise Invalid(
            "That is not a telephone number; write digits, and + with the country code outside China.", code="no_phone"
        )
    return number
