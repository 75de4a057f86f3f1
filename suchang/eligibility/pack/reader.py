"""Turn texts with lines into typed values, collecting every problem of a pack instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from suchang.domain.strict_yaml import Mapping, Scalar, Sequence, Tree
from suchang.eligibility.dates import OPEN_END, parse_duration
from suchang.eligibility.errors import PackProblem, Place
from suchang.eligibility.pack.model import Label, Period

MAX_INTEGER = 2**53 - 1
INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})\Z")
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,13})(\.\d{1,4})?\Z")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")
MAX_TEXT = 2000


def shortest(number: Decimal) -> Decimal:
    """Return the same number without trailing zeros or exponent: 50 for 50.0, 0 for -0."""
    return Decimal(format(number.normalize() + 0, "f"))


class Skip(Exception):
    """The value is bad and its problem is noted; go on with the next one."""


@dataclass(slots=True)
class Notes:
    """The problems found so far."""

    problems: list[PackProblem] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        """Note a problem."""
        self.problems.append(PackProblem(place, message))


def suggestion(word: str, known: Collection[str]) -> str:
    """Say which known word may be meant, or list the known ones when they are few."""
    near = get_close_matches(word, known, 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(known)}" if 0 < len(known) <= 12 else ""


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML value with the file it stands in, and typed ways to read it; each notes a problem and raises Skip."""

    tree: Tree
    file: str
    notes: Notes

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return Place(self.file, self.tree.line)

    def fail(self, message: str) -> Skip:
        """Note a problem here; raise the answer."""
        self.notes.add(self.place, message)
        return Skip()

    def mapping(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Value]:
        """Read a mapping with these keys and no others."""
        found = self.free_mapping()
        known = [*required, *optional]
        bad = False
        for key, value in found.items():
            if key not in known:
                value.notes.add(value.place, f"unknown key {key!r}{suggestion(key, known)}")
                bad = True
        for key in required:
            if key not in found:
                self.notes.add(self.place, f"the key {key!r} is missing")
                bad = True
        if bad:
            raise Skip
        return found

    def free_mapping(self) -> dict[str, Value]:
        """Read a mapping whose keys are names that the file declares, in declared order."""
        if not isinstance(self.tree, Mapping):
            raise self.fail("a mapping (key: value) is needed here")
        found: dict[str, Value] = {}
        for key, value in self.tree.pairs:
            if key.text in found:
                self.notes.add(Place(self.file, key.line), f"the key {key.text!r} stands here twice")
                raise Skip
            found[key.text] = Value(value, self.file, self.notes)
        return found

    def items(self, at_most: int = 10_000) -> list[Value]:
        """Read a list of at least one value."""
        if not isinstance(self.tree, Sequence):
            raise self.fail("a list (- value) is needed here")
        if not self.tree.items:
            raise self.fail("the list is empty; write at least one value")
        if len(self.tree.items) > at_most:
            raise self.fail(f"the list has more than {at_most} values")
        return [Value(item, self.file, self.notes) for item in self.tree.items]

    def scalar(self, what: str) -> Scalar:
        """Read a single value."""
        if not isinstance(self.tree, Scalar):
            raise self.fail(f"{what} is needed here")
        return self.tree

    @property
    def is_null(self) -> bool:
        """Tell whether nothing, ``null`` or ``~`` is written."""
        return isinstance(self.tree, Scalar) and self.tree.plain and self.tree.text in ("", "null", "~")

    def text(self, what: str = "a text") -> str:
        """Read a text that is not empty."""
        if self.is_null or not (text := self.scalar(what).text.strip()):
            raise self.fail(f"{what} is needed here")
        if len(text) > MAX_TEXT:
            raise self.fail(f"the text is longer than {MAX_TEXT} characters")
        return text

    def one_of(self, known: Collection[str], what: str) -> str:
        """Read one of several words."""
        text = self.text(what)
        if text not in known:
            raise self.fail(f"{text!r} is no {what}{suggestion(text, known)}")
        return text

    def matching(self, pattern: re.Pattern[str], what: str) -> str:
        """Read a text of a certain shape, written without quotes where quotes would change the type."""
        text = self.text(what)
        if not pattern.match(text):
            raise self.fail(f"{text!r} is not {what}")
        return text

    def boolean(self) -> bool:
        """Read ``true`` or ``false``; YAML's yes, no, on and off are refused."""
        scalar = self.scalar("true or false")
        if not scalar.plain or scalar.text not in ("true", "false"):
            raise self.fail(f"write true or false, not {scalar.text!r}")
        return scalar.text == "true"

    def integer(self, low: int = -MAX_INTEGER, high: int = MAX_INTEGER) -> int:
        """Read a whole number within limits."""
        scalar = self.scalar("a whole number")
        if not scalar.plain or not INTEGER.match(scalar.text) or not low <= int(scalar.text) <= high:
            limits = "" if high == MAX_INTEGER else f" between {low} and {high}"
            raise self.fail(f"a whole number{limits} without quotes is needed, not {scalar.text!r}")
        return int(scalar.text)

    def decimal(self) -> Decimal:
        """Read a decimal number of at most 14 digits before and 4 after the point."""
        scalar = self.scalar("a number")
        if not scalar.plain or not DECIMAL.match(scalar.text):
            raise self.fail(f"a number with at most 4 digits after the point is needed, not {scalar.text!r}")
        return shortest(Decimal(scalar.text))

    def day(self) -> date:
        """Read a date such as 2026-11-01."""
        text = self.text("a date such as 2026-11-01")
        try:
            if not DAY.match(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise self.fail(f"{text!r} is no date; write it as 2026-11-01") from None

    def duration(self) -> str:
        """Read an ISO 8601 duration without a sign, such as P5Y; the text as written."""
        text = self.text("a duration such as P5Y")
        try:
            parse_duration(text, signed=False)
        except ValueError:
            raise self.fail(f"{text!r} is no duration of years, months and days up to 200 years, such as P5Y") from None
        return text

    def label(self) -> Label:
        """Read a text in Chinese and English."""
        parts = self.mapping(["zh", "en"])
        return Label(parts["zh"].text("a Chinese text"), parts["en"].text("an English text"))

    def period(self) -> Period:
        """Read ``{from, to}``: first and last day, both included, either may be left out."""
        parts = self.mapping([], ["from", "to"])
        start = parts["from"].day() if "from" in parts and not parts["from"].is_null else date.min
        end = parts["to"].day() if "to" in parts and not parts["to"].is_null else OPEN_END
        if end < start:
            raise self.fail(f"the period is empty: its end {end} lies before its start {start}")
        return Period(start, end)
