"""Evaluate packs over columns: the conditions of one or two versions, each distinct one once, and their tiers."""

from __future__ import annotations

from suchang.eligibility.batch.columns.layout import Layout
from suchang.eligibility.batch.columns.packed import Columns
from suchang.eligibility.batch.kernels.numpy_kernel import NumpyPlan
from suchang.eligibility.batch.kernels.plan import plan_of
from suchang.eligibility.batch.kernels.tiers_from_bitmaps import Answer, judge


class Kernel:
    """The conditions of a pack on a day, or of two versions that were laid out for each other, ready for columns."""

    def __init__(self, *layouts: Layout) -> None:
        self.layout = layouts[0]
        self.plan = plan_of(layouts)
        self._numpy = NumpyPlan(self.layout, self.plan)

    def evaluate(self, columns: Columns) -> Answer:
        """Answer a chunk of people by the first layout."""
        return self.evaluate_all(columns)[0]

    def evaluate_all(self, columns: Columns) -> tuple[Answer, ...]:
        """Answer a chunk of people by each layout; what they share is computed once."""
        found = dict(enumerate(self._numpy.conditions(columns)))
        return tuple(judge(edition, steps, found, columns.count) for edition, steps in self.plan.editions)
