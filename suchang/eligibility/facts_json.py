"""The JSON of people's facts, read strictly (``suchang.domain.strict_json``): numbers stay exact."""

from __future__ import annotations

from typing import Any

from suchang.domain.errors import FieldProblem
from suchang.domain.strict_json import Fractions, JsonRefused, StrictJson
from suchang.eligibility.errors import FactsInvalid

MAX_LINE = 1 << 20
_LINE = StrictJson("text", max_size=MAX_LINE, max_depth=24, max_digits=40, fractions=Fractions.DECIMAL)
_MANY = StrictJson("text", max_size=64 * MAX_LINE, max_depth=24, max_digits=40, fractions=Fractions.DECIMAL)


def read_json(text: str, where: str = "facts", *, many: bool = False) -> Any:
    """Parse one JSON value, with ``many`` a longer one; FactsInvalid says what is wrong with it."""
    try:
        return (_MANY if many else _LINE).read(text)
    except JsonRefused as error:
        raise FactsInvalid([FieldProblem(where, error.sentence)]) from None
