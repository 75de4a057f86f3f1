"""One spelling for what people type or paste: full-width forms, marks of direction, dashes and blanks."""

from __future__ import annotations

import unicodedata

_DASHES = {"Pd"}


def visible(text: str) -> str:
    """Return a text in compatibility form without what can't be seen: marks of direction, joiners, byte order marks."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in ("Cf", "Cc"))


def compact(text: str) -> str:
    """Return a number or code as its characters alone: no blanks, no dashes, nothing invisible, capital letters."""
    kept = (one for one in visible(text) if not one.isspace() and unicodedata.category(one) not in _DASHES)
    return "".join(kept).upper()
