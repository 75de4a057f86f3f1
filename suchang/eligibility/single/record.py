"""Facts about one person: read strictly from JSON-like values, held in the form that the generated code compares.

A record is a flat tuple of slots: one a scalar fact, two a list (its items, and whether they are complete). Integers,
decimals (times 10,000) and dates (ordinals) are ints and unknown ones the one NaN, so that ``<`` and ``>=`` are both
false for them without a test; booleans and texts are themselves or None. An unknown or incomplete list ends with one
item of which everything is unknown, which is all that "may hold more" means for ``any_item``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from suchang.domain.errors import FieldProblem
from suchang.eligibility.errors import FactsInvalid
from suchang.eligibility.pack.model import Fact, Pack, Type
from suchang.eligibility.pack.values import Bad, json_scalar, read_text, scalar_reader, shown, unknown_value

MAX_ITEMS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Facts about one person, checked against the facts of a pack."""

    layout: Layout
    values: tuple[Any, ...]
    absent: frozenset[str]
    """Facts kept by the system itself that were not given and therefore are false."""

    def to_json(self) -> dict[str, Any]:
        """Return the known facts as JSON values; reading them again gives the same record."""
        answer: dict[str, Any] = {}
        for fact in self.layout.facts.values():
            value = self.layout.json_value(fact, self.values)
            if value is not None and fact.name not in self.absent:
                answer[fact.name] = value
        return answer


class Layout:
    """How the facts of a pack lie in the slots of a record, and how they get there."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.slots: dict[str, int] = {}
        unknown: list[Any] = []
        for fact in facts.values():
            self.slots[fact.name] = len(unknown)
            if fact.is_list:
                unknown += [(unknown_item(fact),), None]
            else:
                unknown.append(False if fact.register else unknown_value(fact))
        self.width = len(unknown)
        self._unknown = tuple(unknown)
        self._registers = frozenset(fact.name for fact in facts.values() if fact.register)
        self._readers = {fact.name: (self.slots[fact.name], fact.is_list, _reader(fact)) for fact in facts.values()}

    def read(self, given: Mapping[str, Any], *, ignore_unknown: bool = False) -> Record:
        """Check facts given as JSON values; FactsInvalid names every bad field."""
        values = list(self._unknown)
        problems: list[FieldProblem] = []
        readers, absent = self._readers, self._registers
        for name, value in given.items():
            found = readers.get(name)
            if found is None:
                if not ignore_unknown:
                    problems.append(FieldProblem(str(name), f"no such fact in this pack{self._near(name)}"))
                continue
            if value is None:
                continue
            slot, is_list, read = found
            try:
                if is_list:
                    values[slot], values[slot + 1] = read(value, ignore_unknown)
                else:
                    values[slot] = read(value)
            except Bad as bad:
                problems.append(FieldProblem(name + bad.path, bad.message))
            if absent and name in absent:
                absent = absent - {name}
        if problems:
            raise FactsInvalid(problems)
        return Record(self, tuple(values), absent)

    def _near(self, name: str) -> str:
        near = get_close_matches(str(name), self.facts, 1)
        return f"; did you mean {near[0]}?" if near else ""

    def json_value(self, fact: Fact, values: tuple[Any, ...]) -> Any:
        """Return a fact of a record as a JSON value; None when it is unknown."""
        slot = self.slots[fact.name]
        if not fact.is_list:
            return json_scalar(fact, values[slot])
        items, complete = values[slot], values[slot + 1]
        if complete is None:
            return None
        if complete:
            return [json_item(fact, item) for item in items]
        return {"items": [json_item(fact, item) for item in items[:-1]], "complete": False}


def unknown_item(fact: Fact) -> Any:
    """Return the item of a list of which everything is unknown."""
    return None if fact.type is Type.CODES else tuple(unknown_value(field) for field in fact.fields)


def json_item(fact: Fact, item: Any) -> Any:
    """Turn an item of a list into a JSON value; unknown fields are left out."""
    if fact.type is Type.CODES:
        return item
    pairs = ((field.name, json_scalar(field, value)) for field, value in zip(fact.fields, item, strict=True))
    return {name: value for name, value in pairs if value is not None}


def _reader(fact: Fact) -> Callable[..., Any]:
    if fact.is_list:
        return _list_reader(fact)
    return scalar_reader(fact)


def _list_reader(fact: Fact) -> Callable[[Any, bool], tuple[tuple[Any, ...], bool]]:
    read_item = _record_reader(fact) if fact.type is Type.RECORDS else _code_item
    unknown = unknown_item(fact)

    def read(value: Any, ignore_unknown: bool) -> tuple[tuple[Any, ...], bool]:
        items, complete, prefix = value, True, ""
        if isinstance(value, Mapping):
            items, complete, prefix = *_incomplete(value), ".items"
        if not isinstance(items, (list, tuple)):
            raise Bad('a list is needed, or {"items": [...], "complete": false}')
        if len(items) > MAX_ITEMS:
            raise Bad(f"a list has at most {MAX_ITEMS} items")
        answer = []
        for number, item in enumerate(items):
            try:
                answer.append(unknown if item is None else read_item(item, ignore_unknown))
            except Bad as bad:
                raise Bad(bad.message, f"{prefix}[{number}]{bad.path}") from None
        if not complete:
            answer.append(unknown)
        return tuple(answer), complete

    return read


def _incomplete(value: Mapping[str, Any]) -> tuple[Any, bool]:
    if not set(value) <= {"items", "complete"} or "items" not in value:
        raise Bad('a list is needed, or {"items": [...], "complete": false}')
    complete = value.get("complete", True)
    if complete is not True and complete is not False:
        raise Bad(f"true or false is needed, not {shown(complete)}", ".complete")
    return value["items"], complete


def _code_item(value: Any, _ignore_unknown: bool) -> str:
    return read_text(value)


def _record_reader(fact: Fact) -> Callable[[Any, bool], tuple[Any, ...]]:
    places = {field.name: (place, scalar_reader(field)) for place, field in enumerate(fact.fields)}
    unknown = unknown_item(fact)

    def read(value: Any, ignore_unknown: bool) -> tuple[Any, ...]:
        if not isinstance(value, Mapping):
            raise Bad(f"an object with the fields {', '.join(places)} is needed, not {shown(value)}")
        answer = list(unknown)
        for name, each in value.items():
            if name not in places:
                if ignore_unknown:
                    continue
                raise Bad(f"no such field; known: {', '.join(places)}", f".{name}")
            if each is not None:
                place, read_value = places[name]
                try:
                    answer[place] = read_value(each)
                except Bad as bad:
                    raise Bad(bad.message, f".{name}") from None
        return tuple(answer)

    return read


def layout_of(pack: Pack) -> Layout:
    """Make the layout of a pack's facts."""
    return Layout(pack.facts)
