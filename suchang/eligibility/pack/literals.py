"""Read the constants that conditions compare with, by the type of the fact."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

from suchang.eligibility.dates import Relative
from suchang.eligibility.pack.condition_ast import Operand, Scalar
from suchang.eligibility.pack.model import Field, Type
from suchang.eligibility.pack.reader import Value


def surely_reversed(low: Operand, high: Operand, subject: Field) -> bool:
    """Tell whether an interval is surely empty; a fixed and a relative end can't be compared here."""
    if subject.type is Type.ENUM:
        return subject.values.index(str(low)) > subject.values.index(str(high))
    if isinstance(low, Relative) and isinstance(high, Relative):
        return (low.months, low.days) > (high.months, high.days) and low.months * high.days >= 0
    if isinstance(low, Relative) or isinstance(high, Relative):
        return False
    return bool(low > high)  # type: ignore[operator]


def constant(value: Value, subject: Field) -> Scalar:
    """Read a constant of the type of a fact or field."""
    answer: bool | int | Decimal | date | str
    match subject.type:
        case Type.BOOL:
            answer = value.boolean()
        case Type.INTEGER:
            answer = value.integer()
        case Type.DECIMAL:
            answer = value.decimal()
        case Type.DATE:
            answer = value.day()
        case Type.ENUM:
            answer = value.one_of(subject.values, f"value of {subject.name}")
        case _:
            answer = unicodedata.normalize("NFC", value.text())
    return answer
