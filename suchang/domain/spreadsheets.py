"""Text that a spreadsheet must not read as a formula."""

from __future__ import annotations

_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def plain_cell(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula: an apostrophe goes before what could begin one."""
    begins = text.lstrip(" \u3000")[:1]
    return f"'{text}" if begins in _BEGINS_A_FORMULA and begins else text
