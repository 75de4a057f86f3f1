"""A symbolic person: what is known about somebody, as z3 variables, and back from a model to facts that can be decided.

Every value is a pair of a presence (is it known?) and an integer or boolean: dates are ordinals, decimals are times
10,000, enumerations and codes are numbers of a finite set. A code that no rule names is represented by one more value,
because no condition can tell two such codes apart. A list has a bounded number of items: as many as the conditions that
want an item can use, more would change nothing (``encode.py`` counts them).

The person's world is the engine's: whatever a facts file may say (docs/rule-analysis.md), and nothing beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import z3

from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.pack.model import Fact, Field, Type
from suchang.eligibility.pack.reader import MAX_INTEGER
from suchang.eligibility.pack.values import SCALE

LARGEST = MAX_INTEGER
LARGEST_DECIMAL = 10**14 * SCALE - 1
"""99999999999999.9999: what 14 digits before and 4 after the point can say, as ``values`` takes it."""
FIRST_DAY, LAST_DAY = date.min.toordinal(), OPEN_END.toordinal()
OTHER = "other"


@dataclass(frozen=True)
class Cell:
    """One value of a person: a fact, or a field of an item."""

    field: Field
    present: Any
    value: Any

    def number(self, scalar: Any) -> Any:
        """Turn a constant of a rule into what ``value`` holds; KeyError for an unlisted code."""
        match self.field.type:
            case Type.BOOL:
                return bool(scalar)
            case Type.DATE:
                return scalar.toordinal()
            case Type.DECIMAL:
                return int(Decimal(scalar) * SCALE)
            case Type.ENUM:
                return self.field.values.index(str(scalar))
            case _:
                return int(scalar)


@dataclass(frozen=True)
class Item:
    """One item of a list; it counts only where ``exists``."""

    exists: Any
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class ListCells:
    """A list: known at all, complete, and its items, the existing ones first."""

    fact: Fact
    known: Any
    complete: Any
    items: tuple[Item, ...]


@dataclass
class Person:
    """The variables of one person, made when a condition first asks for them."""

    facts: Mapping[str, Fact]
    codes: Mapping[tuple[str, str], tuple[str, ...]]
    """For every fact and field of type code or text (field ``""`` for the fact itself): the codes that rules name."""
    items: Mapping[str, int]
    """How many items each list may have."""
    on: date
    """The day asked about: the dates of a witness lie around it where they can."""
    scalars: dict[str, Cell] = field(default_factory=dict)
    lists: dict[str, ListCells] = field(default_factory=dict)
    limits: list[Any] = field(default_factory=list)
    """What always holds of the variables."""
    plausible: list[Any] = field(default_factory=list)
    """What makes a witness look like a person: no negative numbers, dates of living people."""

    def scalar(self, name: str) -> Cell:
        """Return the variables of a scalar fact."""
        if name not in self.scalars:
            fact = self.facts[name]
            self.scalars[name] = self._cell(fact, name, (name, ""))
        return self.scalars[name]

    def list(self, name: str) -> ListCells:
        """Return the variables of a list fact."""
        if name not in self.lists:
            fact = self.facts[name]
            items = tuple(self._item(fact, number) for number in range(self.items.get(name, 0)))
            known, complete = z3.Bool(f"{name}?"), z3.Bool(f"{name}!")
            for before, after in pairwise(items):
                self.limits.append(z3.Implies(after.exists, before.exists))
            self.lists[name] = ListCells(fact, known, complete, items)
        return self.lists[name]

    def code(self, fact: str, field_name: str, code: str) -> int:
        """Return the number of a code that a rule names."""
        return self.codes[fact, field_name].index(code)

    def _item(self, fact: Fact, number: int) -> Item:
        prefix = f"{fact.name}[{number}]"
        cells = {each.name: self._cell(each, f"{prefix}.{each.name}", (fact.name, each.name)) for each in fact.fields}
        return Item(z3.Bool(f"{prefix}+"), cells)

    def _cell(self, of: Field, name: str, key: tuple[str, str]) -> Cell:
        present = z3.Bool(f"{name}?")
        if of.type is Type.BOOL:
            return Cell(of, present, z3.Bool(name))
        value = z3.Int(name)
        if of.type is Type.ENUM:
            low, high = 0, len(of.values) - 1
        elif of.type in (Type.CODE, Type.TEXT, Type.CODES):
            low, high = 0, len(self.codes.get(key, ()))
        elif of.type is Type.DATE:
            low, high = FIRST_DAY, LAST_DAY
            # People are of working age; what happened to them happened in the last ten years, or ends in the next.
            born = self.facts[key[0]].kind == "identity"
            years = (-66, -18) if born else (-10, 10)
            first, last = (self.on.toordinal() + 365 * each for each in years)
            self.plausible.append(z3.And(value >= first, value <= last))
        else:
            high = LARGEST_DECIMAL if of.type is Type.DECIMAL else LARGEST
            low = -high
            self.plausible.append(z3.And(value >= 0, value <= 10_000 * SCALE))
        self.limits.append(z3.And(value >= low, value <= high))
        return Cell(of, present, value)

    def presences(self) -> Iterator[Any]:
        """Yield what can be left out of a witness: whole facts, the hardest to come by first, then items and fields."""
        whole = {name: cell.present for name, cell in self.scalars.items()}
        whole |= {name: several.known for name, several in self.lists.items()}
        for name in sorted(whole, key=lambda each: (-self.facts[each].effort, each)):
            yield whole[name]
        for several in self.lists.values():
            yield from (item.exists for item in reversed(several.items))
            yield from (cell.present for item in several.items for cell in item.cells.values())

    def facts_of(self, model: Any) -> dict[str, Any]:
        """Turn a model into facts as they stand in a facts file (JSON values; unknown facts are left out)."""
        found: dict[str, Any] = {}
        for name in self.facts:
            if name in self.scalars:
                value = self._json(self.scalars[name], model, (name, ""))
            elif name in self.lists:
                value = self._json_list(self.lists[name], model)
            else:
                continue
            if value is not None:
                found[name] = value
        return found

    def _json_list(self, several: ListCells, model: Any) -> Any:
        if not holds(model, several.known):
            return None
        items: list[Any] = []
        for item in several.items:
            if not holds(model, item.exists):
                continue
            pairs = {name: self._json(cell, model, (several.fact.name, name)) for name, cell in item.cells.items()}
            items.append(
                pairs[""] if "" in pairs else {name: value for name, value in pairs.items() if value is not None}
            )
        return items if holds(model, several.complete) else {"items": items, "complete": False}

    def _json(self, cell: Cell, model: Any, key: tuple[str, str]) -> Any:
        if not holds(model, cell.present):
            return None
        if cell.field.type is Type.BOOL:
            return holds(model, cell.value)
        number = model.eval(cell.value, model_completion=True).as_long()
        match cell.field.type:
            case Type.ENUM:
                return cell.field.values[number]
            case Type.DATE:
                return "open" if number == LAST_DAY else date.fromordinal(number).isoformat()
            case Type.DECIMAL:
                whole = Decimal(number) / SCALE
                return int(whole) if whole == whole.to_integral_value() else whole
            case Type.INTEGER:
                return number
            case _:
                known = self.codes.get(key, ())
                return known[number] if number < len(known) else _unlisted(known)


def holds(model: Any, formula: Any) -> bool:
    """Tell whether a formula is true in a model; what the model leaves open counts as false."""
    return bool(z3.is_true(model.eval(formula, model_completion=True)))


def _unlisted(known: Iterable[str]) -> str:
    """Return a code that no rule names."""
    name = OTHER
    while name in known:
        name += "-x"
    return name
