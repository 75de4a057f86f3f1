"""Compare the rows that a query gives with what the rules mean, and hold people in tables of each dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from suchang.eligibility import Pack
from suchang.eligibility.pack.model import RuleKind
from suchang.eligibility.reference.semantics import Meaning, Value, conjunction
from suchang.eligibility.sql import text
from tests.unit.eligibility.strategies import DAYS, load, people
from tests.unit.eligibility.test_planted_faults import dense_pack, drawn

Row = Mapping[str, Any]
Person = Mapping[str, Any]


@cache
def crowd() -> list[dict[str, Any]]:
    """Return some people, the same ones each time: on the edges of days and catalogues, and random ones."""
    edges = [
        ("a", "2024-02-29"),
        ("b", "2025-02-28"),
        ("c", "2025-12-31"),
        ("d", "2024-02-28"),
        ("a", None),
        ("z", None),
    ]
    somebody: list[dict[str, Any]] = [
        {"prizes": [{"code": code, "date": day, "rank": 1}], "honours": [code]} for code, day in edges
    ]
    somebody += [{"prizes": [{"date": "2026-06-30", "rank": 1}]}]
    somebody += [{"until": day.isoformat(), "born": day.isoformat(), "income": "1.5", "years": 2} for day in DAYS]
    # Every mixture of items that pass, fail and are unknown, in lists that are complete, incomplete, empty, unknown.
    items: list[Any] = [{"code": "a", "date": "2024-02-01", "rank": 1}, {"code": "z", "date": "2024-02-01", "rank": 3}]
    items += [{"rank": 1}, None]
    for number in range(16):
        mixture = [item for place, item in enumerate(items) if number >> place & 1]
        somebody.append({"prizes": mixture, "plans": {"items": [{"code": "a"}] * (number % 4), "complete": False}})
        somebody.append({"prizes": {"items": mixture, "complete": False}, "honours": ["a", None, "z"][: number % 4]})
    return somebody + drawn(people(), 60)


def meant(pack: Pack, facts: Person, on: date) -> dict[str, Value | str]:
    """Return the row that a query with rules should give."""
    meaning = Meaning(pack, facts, on)
    status = {name: meaning.status(name) for name in pack.rules}
    gates = {tier.id: meaning.gate(tier.id) for tier in pack.tiers}
    grant: dict[str, Value] = {}
    for name, several in pack.rules.items():
        if several[0].kind is RuleKind.TIER:
            rule = meaning.rules.get(name)
            grant[name] = conjunction([gates[rule.tiers[0]], status[name]]) if rule else False
    ordered = [rule for tier in pack.tiers for rule in meaning.of_kind(RuleKind.TIER, tier.id)]
    met = next((rule for rule in ordered if grant[rule.id] is True), None)
    possible = next((rule for rule in ordered if grant[rule.id] is not False), None)
    row: dict[str, Any] = {f"s_{name}": value for name, value in status.items()}
    row |= {f"g_{name}": value for name, value in grant.items()}
    row |= {"tier": met and met.tiers[0], "possible_tier": possible and possible.tiers[0]}
    return row | {"rule": met and met.id, "track": met and met.track}


@cache
def dense() -> Pack:
    """Load the pack in which every operator is a rule, and remember what it means."""
    return load(dense_pack())


@cache
def dense_rows(on: date) -> tuple[Mapping[str, Any], ...]:
    """Return what the dense pack means for the crowd."""
    return tuple(meant(dense(), facts, on) for facts in crowd())


def differences(pack: Pack, on: date, facts: Sequence[Person], rows: Sequence[Row]) -> list[str]:
    """List every way in which rows differ from what is meant; people are p0, p1, … and rows ordered by id."""
    found: list[str] = []
    ids = sorted(f"p{number}" for number in range(len(facts)))
    if [row["id"] for row in rows] != ids:
        return [f"ids {[row['id'] for row in rows]}"]
    for row in rows:
        place = int(row["id"][1:])
        expected = dense_rows(on)[place] if pack is dense() else meant(pack, facts[place], on)
        if row.keys() != {"id", *expected}:
            return [f"columns {sorted(row.keys() ^ {'id', *expected})}"]
        found += [
            f"{row['id']} {name}: {row[name]}, meant {value}"
            for name, value in expected.items()
            if row[name] is not value and row[name] != value
        ]
    return found


def rows_of(cursor: Any) -> list[Row]:
    """Return the rows of a DB-API cursor (or what DuckDB's execute gives) by column name."""
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def query(pack: Pack, on: date, dialect: str) -> str:
    """Write the query for the table people."""
    return text(pack, on, dialect, rules=True)
