"""Names of people: letters of any script, and what stands between them."""

from __future__ import annotations

import re
import unicodedata

from suchang.domain.errors import FieldProblem, Invalid

LONGEST = 50
_DOTS = str.maketrans({"•": "·", "‧": "·", "・": "·", "\uff0e": "·", "\u2019": "'", "\uff07": "'", "\u3000": " "})
_BETWEEN = frozenset(" -'·")


class InvalidName(Invalid):
    """A text can't be the name of a person."""

    slug = "invalid_name"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=(FieldProblem("name", detail),))


def read_name(text: str) -> str:
    """Read a name and give its one spelling: NFC, one kind of dot, apostrophe and blank, none doubled or outside.

    Raises ``InvalidName`` for anything but letters with their marks, blanks, hyphens, apostrophes and ``·``.
    """
    name = re.sub(r" +", " ", unicodedata.normalize("NFC", text).translate(_DOTS)).strip()
    kinds = [unicodedata.category(one)[0] for one in name]
    if "L" not in kinds:
        raise InvalidName("A name has at least one letter.")
    if len(name) > LONGEST:
        raise InvalidName(f"A name has at most {LONGEST} characters.")
    strange = any(
        (kind not in "LM" and one not in _BETWEEN) or unicodedata.category(one) in ("Co", "Cn")
        for one, kind in zip(name, kinds, strict=True)
    )
    if strange or kinds[0] == "M":
        raise InvalidName("A name has letters, and between them blanks, hyphens, apostrophes and the dot ·.")
    return name
