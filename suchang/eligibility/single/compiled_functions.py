"""Compile the generated functions once an edition, bind them once a day, each when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import CodeType
from typing import Any

from suchang.eligibility.in_force.rules_in_force import RulesInForce
from suchang.eligibility.pack.model import Pack
from suchang.eligibility.single.function_codegen import Unit, Writer
from suchang.eligibility.single.record import Layout

Run = Callable[..., Any]
_BUILTINS = {"sum": sum, "sorted": sorted, "enumerate": enumerate}


class Program:
    """The generated code of one edition."""

    def __init__(self, edition: RulesInForce, layout: Layout) -> None:
        self.edition, self.layout = edition, layout
        self.writer = Writer(edition, layout.slots, layout.width)
        self._code: dict[object, tuple[Unit, CodeType]] = {}
        self.order = tuple((place, rule) for place, tier in enumerate(edition.tiers) for rule in tier.rules)
        """The tier rules as the bit sets of ``grants`` number them."""

    def code(self, key: object, write: Callable[[], Unit]) -> tuple[Unit, CodeType]:
        """Return the compiled source of a function, writing it the first time."""
        if key not in self._code:
            unit = write()
            self._code[key] = unit, compile(unit.source, f"<rules of {self.edition.pack.id}>", "exec")
        return self._code[key]


class Bound:
    """The functions of a program for one day; relative dates and catalogues have become values."""

    def __init__(self, program: Program, on: date) -> None:
        self.program, self.edition, self.on = program, program.edition, on
        self._values: dict[object, Any] = {}
        self._runs: dict[object, Run] = {}
        writer = program.writer
        self.tier_only = self.run("tier", writer.tier_only)
        self.grants = self.run("grants", writer.grants)

    def run(self, key: object, write: Callable[[], Unit], *extra: Any) -> Run:
        """Return a function for the day; ``extra`` are constants that are not resolved by the date."""
        found = self._runs.get(key)
        if found is None:
            unit, code = self.program.code(key, write)
            space: dict[str, Any] = {"__builtins__": _BUILTINS}
            # The source holds checked numbers and names that the writer made up; nothing of a pack's text is in it.
            exec(code, space)  # noqa: S102
            values = [self._value(unit, what, name) for what, name in unit.constants.names.items()]
            found = self._runs[key] = space["make"](*values, *extra)
        return found

    def _value(self, unit: Unit, key: object, name: str) -> Any:
        """Resolve a constant for the day; functions share it."""
        if key not in self._values:
            self._values[key] = unit.constants.resolvers[name](self.on)
        return self._values[key]


class Programs:
    """The programs of a pack, and the last days that were asked about."""

    KEPT_DAYS = 64

    def __init__(self, pack: Pack, layout: Layout) -> None:
        self.pack, self.layout = pack, layout
        self._programs: dict[int, Program] = {}
        self._days: dict[date, Bound] = {}

    def bound(self, edition: RulesInForce, on: date) -> Bound:
        """Return the functions for a day."""
        found = self._days.get(on)
        if found is None:
            if id(edition) not in self._programs:
                self._programs[id(edition)] = Program(edition, self.layout)
            found = Bound(self._programs[id(edition)], on)
            while len(self._days) >= self.KEPT_DAYS:
                del self._days[next(iter(self._days))]
            self._days[on] = found
        return found
