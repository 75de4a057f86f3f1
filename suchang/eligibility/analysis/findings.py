"""What static analysis can say of a pack: each finding has its place, a sentence, and a person who shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from suchang.eligibility.errors import Place


class Code(StrEnum):
    """What is wrong, as a stable code for programs."""

    IMPOSSIBLE = "impossible"
    BARRED = "barred"
    SHADOWED = "shadowed"
    DEAD = "dead-branch"
    GAP = "gap"
    ONE_SIDED = "never-alone"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Finding:
    """One warning.

    ``facts`` on ``on`` is the witness; ``shows`` is what ``rules determine --all-rules`` answers for that person, as
    far as it matters: ``tier``, ``rule`` and ``status`` of some rules. ``also_on`` is a second day with its own answer.
    """

    code: Code
    place: Place
    message: str
    on: date
    facts: Mapping[str, Any] | None = None
    shows: Mapping[str, Any] = field(default_factory=dict)
    also_on: date | None = None
    also_shows: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One way in which an edit changes somebody: the tier before and after, a day and a person to whom it happens.

    ``owner`` is the rule or named condition whose edited part (``part``, empty where it is new or gone as a whole)
    decides; both are empty where only the kind of change was asked for.
    """

    before: str | None
    after: str | None
    on: date
    facts: Mapping[str, Any]
    owner: str = ""
    part: str = ""
