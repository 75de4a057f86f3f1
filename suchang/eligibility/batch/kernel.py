"""Evaluate packs over columns, by the kernel that is there: compiled for this processor, or numpy alone.

Both mean the same, bit for bit; the compiled one needs llvmlite (the extra ``kernel``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from suchang.domain.errors import Invalid
from suchang.eligibility.batch.columns import Columns
from suchang.eligibility.batch.columnwise import NumpyPlan, NumpyRun
from suchang.eligibility.batch.layout import Layout
from suchang.eligibility.batch.plan import plan_of
from suchang.eligibility.batch.rules import Answer, Pair, judge

if TYPE_CHECKING:
    from suchang.eligibility.batch.native import NativePlan


class KernelMissing(Invalid):
    """A kernel was asked for by name that is not installed."""

    slug = "kernel_missing"


class KernelName(StrEnum):
    """What evaluates columns."""

    AUTO = "auto"
    NUMPY = "numpy"
    NATIVE = "native"


MANY = 20_000_000
"""From so many people on it pays to compile: that takes half a second, and spares some 20 ms a million."""


def chosen(name: KernelName, people: int | None) -> KernelName:
    """Say which kernel a choice means for so many people (None: not known); raises ``KernelMissing``."""
    there = find_spec("llvmlite") is not None
    if name is KernelName.NATIVE and not there:
        raise KernelMissing("the native kernel needs llvmlite: pip install 'suchang-card[kernel]', or use numpy")
    if name is KernelName.AUTO:
        return KernelName.NATIVE if there and (people or 0) >= MANY else KernelName.NUMPY
    return name


def described(name: KernelName) -> str:
    """Name a kernel for people, with the processor that it is made for."""
    if name is KernelName.NUMPY:
        return "numpy"
    from suchang.eligibility.batch.native import processor

    return f"native ({processor()})"


class Kernel:
    """The conditions of a pack on a day, or of two versions that were laid out for each other, ready for columns."""

    def __init__(self, *layouts: Layout, name: KernelName = KernelName.NUMPY) -> None:
        self.layout = layouts[0]
        self.name = name
        self.plan = plan_of(layouts)
        self._numpy = NumpyPlan(self.layout, self.plan)

    @cached_property
    def _native(self) -> NativePlan:
        # Only where it is installed.
        from suchang.eligibility.batch.native import NativePlan

        return NativePlan(self.layout, self.plan)

    def evaluate(self, columns: Columns) -> Answer:
        """Answer a chunk of people by the first layout."""
        return self.evaluate_all(columns)[0]

    def evaluate_all(self, columns: Columns) -> tuple[Answer, ...]:
        """Answer a chunk of people by each layout; what they share is computed once."""
        found: Mapping[int, Pair]
        if self.name is KernelName.NATIVE:
            found = self._native.conditions(NumpyRun(self._numpy, columns))
        else:
            found = dict(enumerate(self._numpy.conditions(columns)))
        return tuple(judge(edition, steps, found, columns.count) for edition, steps in self.plan.editions)
