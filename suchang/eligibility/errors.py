"""What can be wrong with a pack or with facts: always one sentence a person can act on, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from suchang.domain.errors import FieldProblem, Invalid


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file of a pack; ``file`` is relative to the pack, ``line`` counts from 1 (0: the file as a whole)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class PackProblem:
    """One thing that is wrong with a pack: where, and a sentence that says what to do."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class PackInvalid(Invalid):
    """A pack can't be used; ``problems`` lists everything that was found, in the order in which a pack is read."""

    slug: ClassVar[str] = "pack_invalid"

    def __init__(self, pack: str, problems: Sequence[PackProblem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        first = self.problems[0]
        more = len(self.problems) - 1
        tail = f" (and {more} more; `suchang rules check` lists them)" if more else ""
        super().__init__(
            f"{pack}/{first}{tail}", errors=[FieldProblem(str(each.place), each.message) for each in self.problems]
        )


class FactsInvalid(Invalid):
    """Facts about a person can't be read; ``errors`` names each bad field by its path, such as ``awards[0].date``."""

    slug: ClassVar[str] = "facts_invalid"

    def __init__(self, errors: Sequence[FieldProblem]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.field}: {first.message}{more}", errors=errors)


class UnknownRule(Invalid):
    """A rule is named that the pack does not have."""

    slug: ClassVar[str] = "unknown_rule"


class DateOutOfRange(Invalid):
    """Rules can be asked about the days of the years 1900 to 2199."""

    slug: ClassVar[str] = "date_out_of_range"
