"""A zoo of the files that people hand in: made here by several libraries, each with what must be true of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.support.file_zoo import documents, foreign, pictures, signed
from tests.support.file_zoo.animal import Animal

__all__ = ["Animal", "animals"]


@cache
def animals() -> dict[str, Animal]:
    """Return every file by its name."""
    found: Iterator[Animal] = (one for keeper in (pictures, documents, signed, foreign) for one in keeper.animals())
    return {one.name: one for one in found}
