"""Ask z3 for a person of whom a formula holds, and make that person small enough to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import z3

from suchang.eligibility.analysis.encode import View, codes_named
from suchang.eligibility.analysis.people import Person
from suchang.eligibility.pack.model import Fact, Pack

TIMEOUT = 20_000
"""Milliseconds for one question; what takes longer is reported as not settled."""


class Unsettled(Exception):
    """A question took too long."""


class Search:
    """One symbolic person seen by one or more packs and days."""

    def __init__(self, seen: Iterable[tuple[Pack, date]], items: Mapping[str, int]) -> None:
        several = list(seen)
        facts: dict[str, Fact] = {}
        for pack, _ in several:
            facts = {**pack.facts, **facts}
        self.person = Person(facts, codes_named(several), items, several[0][1])
        self.views = [View(pack, on, self.person) for pack, on in several]
        self._solver = z3.Solver()
        self._solver.set("timeout", TIMEOUT)
        self._limits = 0

    @property
    def view(self) -> View:
        """The only or first view."""
        return self.views[0]

    def model(self, *formulas: Any, plausible: bool = True) -> Any | None:
        """Find a model of the formulas, a plausible one if there is one; None when there is none at all."""
        self._keep_limits()
        if plausible:
            found = self._check([*formulas, *self.person.plausible])
            if found is not None:
                return found
        return self._check(formulas)

    def witness(self, *formulas: Any) -> dict[str, Any] | None:
        """Find a person of whom the formulas hold, with no more facts than needed; None when there is none."""
        model = self.model(*formulas)
        return None if model is None else self.person.facts_of(self._smaller(model, list(formulas)))

    def core(self, named: Mapping[str, Any]) -> tuple[str, ...]:
        """Return names of formulas that can't hold together; empty when all can."""
        self._keep_limits()
        self._solver.push()
        try:
            marks = {name: z3.Bool(f"core:{name}") for name in named}
            for name, formula in named.items():
                self._solver.add(z3.Implies(marks[name], formula))
            if self._solver.check(*marks.values()) != z3.unsat:
                return ()
            kept = [str(each).removeprefix("core:") for each in self._solver.unsat_core()]
            for name in list(kept):
                rest = [each for each in kept if each != name]
                if self._solver.check(*(marks[each] for each in rest)) == z3.unsat:
                    kept = rest
            return tuple(name for name in named if name in kept)
        finally:
            self._solver.pop()

    def _keep_limits(self) -> None:
        for limit in self.person.limits[self._limits :]:
            self._solver.add(limit)
        self._limits = len(self.person.limits)

    def _check(self, formulas: Iterable[Any]) -> Any | None:
        self._solver.push()
        try:
            self._solver.add(*formulas)
            answer = self._solver.check()
            if answer == z3.unknown:
                raise Unsettled(self._solver.reason_unknown())
            return self._solver.model() if answer == z3.sat else None
        finally:
            self._solver.pop()

    def _smaller(self, model: Any, formulas: list[Any]) -> Any:
        """Leave out fact after fact, item after item, while the formulas still hold."""
        plausible = self.person.plausible
        fixed = [*formulas, *plausible] if all(z3.is_true(model.eval(each, True)) for each in plausible) else formulas
        dropped: list[Any] = []
        for cells in self.person.lists.values():
            # An incomplete list is only worth showing where it matters.
            found = self._check([*fixed, *dropped, cells.complete])
            if found is not None:
                dropped.append(cells.complete)
                model = found
        for presence in self.person.presences():
            absent = z3.Not(presence)
            if z3.is_true(model.eval(absent, True)):
                dropped.append(absent)
                continue
            found = self._check([*fixed, *dropped, absent])
            if found is not None:
                dropped.append(absent)
                model = found
        return model
