"""Membership tests by tables: one look-up tells of a value which of several tests of its column it passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columns.layout import TEXTS, Layout
from suchang.eligibility.batch.kernels.plan import Look, Plan, looks_of
from suchang.eligibility.in_force.resolve_date import Member
from suchang.eligibility.pack.model import Type

Flags = NDArray[np.bool_]
_FEW = 3
"""So few numbers are found faster by comparing."""
_TOGETHER = 8
"""So many tests share a table: a bit each of a byte."""
_SPAN = 1 << 16
"""Numbers that lie further apart have no table."""


@dataclass(frozen=True, eq=False)
class Table:
    """Of each number from ``low`` on the tests that it passes; the ends answer for all numbers below and above."""

    low: int
    tests: NDArray[np.uint8]

    def passed(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the tests that each value passes."""
        found: NDArray[np.uint8] = self.tests.take(np.subtract(values, self.low, dtype=np.int64), mode="clip")
        return found


Place = tuple[Table, int]
"""The table of a test, and its bit."""


def places_of(layout: Layout, plan: Plan, operand: Callable[[Any, Any], int]) -> Mapping[Look, Place]:
    """Put the membership tests of a plan into tables, but for those that are better computed (``one_of``)."""
    columns: dict[tuple[str, str | None], dict[Look, list[int]]] = {}
    for look in looks_of(plan):
        subject, test = plan.subject(look), look.test
        if not isinstance(test, Member) or subject.type is Type.BOOL:
            continue
        if subject.type in TEXTS:
            words = layout.dictionary(look.fact, look.field)
            # Any other text is -1, which lies below all words.
            wanted = [words[str(word)] for word in test.values if word in words]
            columns.setdefault((look.fact, look.field), {})[look] = wanted
        else:
            wanted = [operand(value, subject) for value in test.values]
            if len(wanted) > _FEW and max(wanted) - min(wanted) <= _SPAN:
                columns.setdefault((look.fact, look.field), {})[look] = wanted
    return {look: place for tests in columns.values() for look, place in _placed(tests)}


def _placed(tests: Mapping[Look, list[int]]) -> Iterator[tuple[Look, Place]]:
    """Share tables among the tests of one column, as far as they lie near each other."""
    together: dict[Look, list[int]] = {}
    for look, wanted in tests.items():
        several = [number for each in (*together.values(), wanted) for number in each]
        if len(together) == _TOGETHER or (several and max(several) - min(several) > _SPAN):
            yield from _table(together)
            together = {}
        together[look] = wanted
    yield from _table(together)


def _table(together: Mapping[Look, list[int]]) -> Iterator[tuple[Look, Place]]:
    several = [number for wanted in together.values() for number in wanted] or [0]
    low = min(several) - 1
    tests = np.zeros(max(several) - low + 2, dtype=np.uint8)
    table = Table(low, tests)
    for place, (look, wanted) in enumerate(together.items()):
        mine = np.zeros(len(tests), dtype=np.bool_)
        mine[[number - low for number in wanted]] = True
        if isinstance(look.test, Member) and look.test.negated:
            mine = ~mine
        tests |= mine.astype(np.uint8) << np.uint8(place)
        yield look, (table, 1 << place)


def one_of(values: NDArray[Any], wanted: list[int]) -> Flags:
    """Tell which numbers are wanted, without a table."""
    found: Flags
    if len(wanted) > _FEW:
        return np.isin(values, wanted)
    found = np.zeros(len(values), dtype=np.bool_)
    for one in wanted:
        found |= values == one
    return found
