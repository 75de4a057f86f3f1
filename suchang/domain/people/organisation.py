"""The unified social credit code of organisations (GB 32100-2015)."""

from __future__ import annotations

import re

from suchang.domain.errors import FieldProblem, Invalid
from suchang.domain.people.identity import DEMO_AREA
from suchang.domain.people.spelling import compact

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")


class InvalidCreditCode(Invalid):
    """A text can't be a unified social credit code."""

    slug = "invalid_credit_code"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=(FieldProblem("uscc", detail),))


def read_credit_code(text: str, *, demo: bool = False) -> str:
    """Read a credit code strictly and give its normal form of 18 characters.

    Full-width characters, lower case, blanks, dashes and invisible marks are forgiven. ``demo`` admits organisations
    of the demo area. The organisation code inside (9th to 17th character) is not checked again: the outer check
    character covers it. Raises ``InvalidCreditCode`` with one sentence.
    """
    code = compact(text)
    if not _SHAPE.fullmatch(code):
        raise InvalidCreditCode(
            "A unified social credit code has 18 characters: digits and capital letters without I, O, S, V, Z."
        )
    if credit_check_character(code[:17]) != code[17]:
        raise InvalidCreditCode("The credit code's last character does not fit the others; look for a mistyped one.")
    if code[2:8] == DEMO_AREA and not demo:
        raise InvalidCreditCode("The area of this code is the one of demo employers, who exist only in demo mode.")
    return code


def credit_check_character(body: str) -> str:
    """Return the 18th character for the first 17: 31 minus the sum of value times 3^(i-1), modulo 31; 31 is 0."""
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return _ALPHABET[-total % 31]
