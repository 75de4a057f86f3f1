"""Determine people by one pack: read their facts, ask the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from suchang.eligibility.in_force.rules_in_force import rules_in_force
from suchang.eligibility.pack.model import Pack
from suchang.eligibility.single.compiled_functions import Programs
from suchang.eligibility.single.determination import Determination
from suchang.eligibility.single.evaluator import Day
from suchang.eligibility.single.record import Layout, Record


class Engine:
    """Answers for one pack. Building one is cheap; code is generated when a day is first asked about."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.layout = Layout(pack.facts)
        self._programs = Programs(pack, self.layout)
        self._days: dict[date, Day] = {}

    def parse_facts(self, given: Mapping[str, Any], *, ignore_unknown: bool = False) -> Record:
        """Check facts given as JSON values; FactsInvalid names each bad field by its path."""
        return self.layout.read(given, ignore_unknown=ignore_unknown)

    def tier(self, record: Record, on: date) -> str | None:
        """Return the tier alone."""
        return self.day(on).tier(record)

    def determine(self, record: Record, on: date, *, all_rules: bool = False) -> Determination:
        """Determine a person on a day; DateOutOfRange outside 1900 to 2199."""
        return self.day(on).determine(record, all_rules=all_rules)

    def day(self, on: date) -> Day:
        """Return the engine for one day: for many people on the same day it saves the look-up."""
        found = self._days.get(on)
        if found is None:
            bound = self._programs.bound(rules_in_force(self.pack, on), on)
            if len(self._days) >= Programs.KEPT_DAYS:
                self._days.clear()
            found = self._days[on] = Day(bound)
        return found
