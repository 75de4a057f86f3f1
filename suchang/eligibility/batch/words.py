"""Write words of 64 bits as LLVM IR: read from bitmaps, combined, counted in bit slices, put out.

What is the same line is written once, and what is all or nothing is not written at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.plan import Count, Look, Where

NONE, ALL = "0", "-1"
Words = tuple[str, str]
"""Where something is definitely and where it is possibly true, as IR values of 64 bits."""


class Kind(StrEnum):
    """What an input is."""

    VALUES = "values"
    BITS = "bits"
    KNOWN = "known"
    LIST_KNOWN = "list known"
    COMPLETE = "complete"
    SURE = "sure"
    MAY = "may"
    TABLE = "table"


@dataclass(frozen=True)
class Input:
    """A buffer that a function reads; ``SURE`` and ``MAY`` of a step or test are computed before."""

    kind: Kind
    fact: str = ""
    field: str | None = None
    of: Look | Count | None = None


@dataclass
class Function:
    """One function: inputs in the order of its table of pointers, and the rows of its output, a pair a result."""

    name: str
    inputs: dict[Input, int] = field(default_factory=dict)
    tables: dict[Input, NDArray[np.uint64]] = field(default_factory=dict)
    results: dict[Where | int, int] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


class WordWriter:
    """Writes the lines of one function."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._made: dict[str, str] = {}

    def put(self, key: Where | int, words: Words) -> None:
        """Store a pair of words in rows of the output."""
        row = self.function.results.setdefault(key, 2 * len(self.function.results))
        for place, word in enumerate(words):
            at = self.new(f"mul i64 %stride, {row + place}")
            at = self.new(f"add i64 {at}, %i")
            at = self.new(f"getelementptr i64, ptr %out, i64 {at}")
            self.function.body.append(f"store i64 {word}, ptr {at}, align 8")

    # --- words

    def read(self, which: Input) -> str:
        """Load a word of a bitmap."""
        at = self.once(f"getelementptr i64, ptr {self.pointer(which)}, i64 %i")
        return self.once(f"load i64, ptr {at}, align 1")

    def both(self, one: str, other: str) -> str:
        """Write where two words are both set."""
        if NONE in (one, other):
            return NONE
        if ALL in (one, other):
            return other if one == ALL else one
        return one if one == other else self.once(f"and i64 {one}, {other}")

    def either(self, one: str, other: str) -> str:
        """Write where one of two words is set."""
        if ALL in (one, other):
            return ALL
        if NONE in (one, other):
            return other if one == NONE else one
        return one if one == other else self.once(f"or i64 {one}, {other}")

    def opposite(self, one: str) -> str:
        """Write where a word is not set."""
        return {NONE: ALL, ALL: NONE}.get(one) or self.once(f"xor i64 {one}, -1")

    def differ(self, one: str, other: str) -> str:
        """Write where two words differ."""
        return other if one == NONE else one if other == NONE else self.once(f"xor i64 {one}, {other}")

    def at_least(self, need: int, words: Sequence[str]) -> str:
        """Count in bit slices where all or one is not what is needed: ``digits[k]`` are the counts' k-th digits."""
        if need in (1, len(words)):
            join = self.either if need == 1 else self.both
            found = words[0]
            for word in words[1:]:
                found = join(found, word)
            return found
        digits = [NONE] * len(words).bit_length()
        for word in words:
            carry = word
            for place, digit in enumerate(digits):
                digits[place], carry = self.differ(digit, carry), self.both(digit, carry)
        more, equal = NONE, ALL
        for place in reversed(range(len(digits))):
            if need >> place & 1:
                equal = self.both(equal, digits[place])
            else:
                more = self.either(more, self.both(equal, digits[place]))
                equal = self.both(equal, self.opposite(digits[place]))
        return self.either(more, equal)

    # --- lines

    def pointer(self, which: Input) -> str:
        """Give the buffer of an input, which the function finds in its table."""
        place = self.function.inputs.setdefault(which, len(self.function.inputs))
        name = f"%in{place}"
        if name not in self._made:
            self._made[name] = name
            self.function.head.append(f"%at{place} = getelementptr ptr, ptr %table, i64 {place}")
            self.function.head.append(f"{name} = load ptr, ptr %at{place}, align 8")
        return name

    def new(self, line: str) -> str:
        """Write a line and give the name of its value."""
        name = f"%v{len(self.function.body)}"
        self.function.body.append(f"{name} = {line}")
        return name

    def once(self, line: str) -> str:
        """Write a line unless the same value is there already."""
        if line not in self._made:
            self._made[line] = self.new(line)
        return self._made[line]
