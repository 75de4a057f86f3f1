"""The formulas say of a concrete person what the engine says, for every rule and every tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine, Fact, Pack, Type, load_pack
from suchang.eligibility.analysis.people import LAST_DAY, SCALE, Cell, Person
from suchang.eligibility.analysis.search import Search
from tests.unit.eligibility.analysis.planted import pack_of, rule

ROOT = Path(__file__).parents[4]
ON = date(2026, 11, 1)
ITEMS = 3


class World:
    """A pack with its engine and its formulas."""

    def __init__(self, pack: Pack, on: date = ON, items: int = ITEMS) -> None:
        self.pack, self.engine, self.on = pack, Engine(pack), on
        lists = {name: items for name, fact in pack.facts.items() if fact.is_list}
        self.search = Search([(pack, on)], lists)
        view = self.search.view
        asked = {("rule", rule.id): view.status(rule) for rule in view.edition.rules}
        asked |= {("tier", tier.id): view.value(tier) for tier in view.edition.tiers}
        self.solver = z3.Solver()
        self.marks = {}
        for (what, name), pair in asked.items():
            marks = z3.Bool(f"{what} {name} definite"), z3.Bool(f"{what} {name} possible")
            self.solver.add(marks[0] == pair.definite, marks[1] == pair.possible)
            self.marks[what, name] = marks

    def compare(self, facts: Mapping[str, Any]) -> None:
        """Assert that formulas and engine agree about a person."""
        answer = self.engine.determine(self.engine.parse_facts(facts), self.on, all_rules=True).to_json()
        self.solver.push()
        self.solver.add(*(variable == value for variable, value in assignments(self.search.person, facts)))
        assert self.solver.check() == z3.sat
        model = self.solver.model()
        self.solver.pop()
        values = {key: value_of(model, *marks) for key, marks in self.marks.items()}
        statuses = {name: value for (what, name), value in values.items() if what == "rule"}
        assert statuses == {name: answer["status"][name] for name in statuses}
        order = [tier.id for tier in self.pack.tiers]
        assert answer["tier"] == next((name for name in order if values["tier", name] is True), None)
        assert answer["possible_tier"] == next((name for name in order if values["tier", name] is not False), None)


def value_of(model: Any, definite: Any, possible: Any) -> bool | None:
    """Read a pair in a model: True, False or None for unknown."""
    return True if z3.is_true(model.eval(definite)) else None if z3.is_true(model.eval(possible)) else False


def assignments(person: Person, facts: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Return every variable of the person its value."""
    for name, cell in person.scalars.items():
        yield from set_cell(person, cell, facts.get(name), (name, ""))
    for name, cells in person.lists.items():
        given = facts.get(name)
        items = given["items"] if isinstance(given, dict) else given or []
        yield cells.known, z3.BoolVal(given is not None)
        yield cells.complete, z3.BoolVal(not isinstance(given, dict) or given.get("complete", True))
        for number, item in enumerate(cells.items):
            exists = number < len(items)
            yield item.exists, z3.BoolVal(exists)
            for field, cell in item.cells.items():
                here = items[number] if exists else None
                value = (here if field == "" else here.get(field)) if exists and here is not None else None
                yield from set_cell(person, cell, value, (name, field))


def set_cell(person: Person, cell: Cell, value: Any, key: tuple[str, str]) -> Iterator[tuple[Any, Any]]:
    yield cell.present, z3.BoolVal(value is not None)
    match cell.field.type:
        case Type.BOOL:
            yield cell.value, z3.BoolVal(bool(value))
        case Type.DATE:
            day = LAST_DAY if value == "open" else date.fromisoformat(value).toordinal() if value else 0
            yield cell.value, z3.IntVal(day)
        case Type.ENUM:
            yield cell.value, z3.IntVal(cell.field.values.index(value) if value is not None else 0)
        case Type.DECIMAL:
            yield cell.value, z3.IntVal(int(Decimal(value or 0) * SCALE))
        case Type.INTEGER:
            yield cell.value, z3.IntVal(value or 0)
        case _:
            codes = person.codes.get(key, ())
            yield cell.value, z3.IntVal(codes.index(value) if value in codes else len(codes))


def people(world: World) -> st.SearchStrategy[dict[str, Any]]:
    """Draw people about whom much is known, with values around the borders of the pack's rules."""
    return st.fixed_dictionaries({}, optional={name: value(world, fact) for name, fact in world.pack.facts.items()})


def value(world: World, fact: Fact) -> st.SearchStrategy[Any]:
    if not fact.is_list:
        return scalar(world, fact, (fact.name, ""))
    if fact.type is Type.CODES:
        item = scalar(world, fact.fields[0], (fact.name, ""))
    else:
        fields = {each.name: scalar(world, each, (fact.name, each.name)) for each in fact.fields}
        item = st.fixed_dictionaries({}, optional=fields) | st.fixed_dictionaries(fields)
    items = st.lists(item, max_size=ITEMS)
    return items | items.map(lambda each: {"items": each, "complete": False})


def scalar(world: World, field: Any, key: tuple[str, str]) -> st.SearchStrategy[Any]:
    match field.type:
        case Type.BOOL:
            return st.sampled_from([True, True, False])
        case Type.ENUM:
            return st.sampled_from(field.values)
        case Type.DATE:
            near = st.sampled_from(["2026-11-01", "2026-11-02", "2021-11-01", "2021-10-31", "2023-11-01", "1985-11-02"])
            return near | st.dates(date(1960, 1, 1), date(2030, 1, 1)).map(date.isoformat) | st.just("open")
        case Type.DECIMAL:
            return st.integers(0, 1000)
        case Type.INTEGER:
            return st.integers(0, 100)
        case _:
            return st.sampled_from([*world.search.person.codes.get(key, ()), "unlisted"])


@pytest.fixture(scope="module", params=["eligibility_rules/jiangsu", "docs/examples/example-city"])
def world(request: pytest.FixtureRequest) -> World:
    return World(load_pack(ROOT / request.param))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_formulas_and_engine_agree_when_people_are_drawn_at_random(world: World, data: st.DataObject) -> None:
    world.compare(data.draw(people(world)))


def test_formulas_and_engine_agree_when_nothing_is_known(world: World) -> None:
    world.compare({})


@pytest.mark.parametrize(
    "item", [{"code": "x"}, {"date": "2026-11-01"}, {"code": "y"}, {"code": "x", "date": "2026-11-01"}]
)
def test_formulas_and_engine_agree_when_the_date_of_a_catalogue_is_missing(
    tmp_path: Path, item: dict[str, str]
) -> None:
    dated = "{fact: awards, any_item: {field: code, op: in_catalogue, value: prizes, at: date}}"
    lines = {"prizes": "x,奖,prize,2020-01-01,2027-12-31\n"}
    World(pack_of(tmp_path / "p", rule("A-1", dated), catalogues=lines)).compare({"awards": [item]})
