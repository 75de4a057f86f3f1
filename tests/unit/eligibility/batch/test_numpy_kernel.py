"""Kernels give the same bitmaps, say who they are, and are chosen by what is there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from suchang.demo.province import SEED, make_province
from suchang.eligibility import Engine, load_pack
from suchang.eligibility.batch import (
    Kernel,
    Layout,
    chunks_of_parquet,
    columns_of_records,
)
from tests.unit.eligibility.analysis.planted import pack_of, rule
from tests.unit.eligibility.batch.arrow import write_people
from tests.unit.eligibility.batch.test_batch_against_reference import differences

JIANGSU = Path("eligibility_rules/jiangsu")
ON = date(2026, 11, 1)


def test_deciding_rule_of_some_is_that_of_all() -> None:
    pack = load_pack(JIANGSU)
    engine, layout = Engine(pack), Layout(pack, ON)
    records = [engine.parse_facts(dict(person.facts)) for person in make_province(SEED, 150, ON).people]
    answer = Kernel(layout).evaluate(columns_of_records(layout, ["x"] * 150, records))
    assert len({*answer.rule.tolist()}) > 5
    for places in [*([place, 149] for place in range(150)), [], range(150)]:
        some = np.array(places, dtype=np.int64)
        assert answer.rule_of(some).tolist() == answer.rule[some].tolist()


TESTS = [
    *(f"{{fact: output, op: {op}, value: 5}}" for op in ("eq", "ne", "lt", "le", "gt", "ge")),
    *(f"{{fact: income, op: {op}, value: 2.5}}" for op in ("lt", "le", "gt", "ge")),
    "{fact: output, op: between, value: [3, 6]}",
    "{fact: output, op: in, value: [-2, 0, 7, 9, 61]}",  # within 64: a word of bits
    "{fact: output, op: in, value: [-300, 4, 62, 100, 400]}",  # a table
    "{fact: output, op: in, value: [-301, 5, 63, 101, 401]}",
    *(
        f"{{fact: output, op: in, value: [{n}, {n + 2}, {n + 4}, {n + 7}]}}" for n in (*range(-1, 8), 70_000)
    ),  # 3 tables
    "{fact: output, op: in, value: [-900000000000, 5, 6, 7, 900000000000]}",  # numpy says
    "{fact: birth_date, op: le, value: 1990-02-28}",
    "{fact: output, op: known}",
    "{at_least: {count: 2, of: [{fact: works_here, op: is_true}, {fact: output, op: ge, value: 5}, "
    "{fact: income, op: ge, value: 2.5}, {not: {fact: papers, op: gt, value: 0}}]}}",
    "{fact: hats, any_item: {op: in, value: [x, y]}}",
    "{fact: awards, count_items: {where: {field: rank, op: le, value: 2}, ge: 2}}",
    "{fact: awards, any_item: {at_least: {count: 2, of: [{field: rank, op: eq, value: 1}, {field: code, op: eq, "
    "value: x}, {not: {field: date, op: ge, value: 2020-01-01}}]}}}",
]
PEOPLE = [
    *({"output": number} for number in (*range(-3, 9), 61, 62, 63, 64, 99, 100, 101, 102, 399, 400, 401, 402)),
    *(
        {"output": number}
        for number in (
            69_999,
            70_000,
            70_007,
            70_008,
            -299,
            -300,
            -301,
            -302,
            10**9,
            -(10**12),
            9 * 10**11,
            9 * 10**11 + 1,
        )
    ),
    *({"income": number, "works_here": True} for number in (2.4999, 2.5, 2.5001, 0, -7)),
    *({"birth_date": day, "papers": 0} for day in ("1990-02-27", "1990-02-28", "1990-03-01")),
    *({"hats": hats, "works_here": False} for hats in ([], ["x"], ["z", "y"], {"items": ["z"], "complete": False})),
    {"awards": [{"code": "x", "rank": 1}, {"rank": 2, "date": "2019-12-31"}]},
    {"awards": [{"code": "y", "rank": 1, "date": "2019-12-31"}, {"rank": None}, {"rank": 3}]},
    {},
]


def test_every_test_is_as_the_reference_says_on_both_sides_of_its_boundary(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, "".join(rule(f"A-{number}", test) for number, test in enumerate(TESTS)))
    crowd = [dict(person) for person in PEOPLE] * 2  # more than a block of 64
    engine, layout = Engine(pack), Layout(pack, ON)
    records = [engine.parse_facts(facts) for facts in crowd]
    columns = columns_of_records(layout, [str(number) for number in range(len(crowd))], records)
    answer = Kernel(layout).evaluate(columns)
    assert differences(pack, answer, crowd, ON) == []


@pytest.mark.parametrize("most", [127, 128, 400, 40_000, 3 * 10**9, 10**13])
def test_answers_are_as_the_reference_says_when_columns_are_as_narrow_as_their_numbers(
    tmp_path: Path, most: int
) -> None:
    pack = pack_of(tmp_path / "pack", "".join(rule(f"A-{number}", test) for number, test in enumerate(TESTS)))
    crowd = [dict(person) for person in PEOPLE if abs(person.get("output", 0)) <= most] * 2
    crowd += [{"output": most}, {"output": -most}, {"income": most / 100}]
    path = tmp_path / "people.parquet"
    write_people(path, pack, crowd)
    layout = Layout(pack, ON)
    (chunk,) = chunks_of_parquet(path, layout)
    assert differences(pack, Kernel(layout).evaluate(chunk), crowd, ON) == []
    assert [facts.get("output") for facts in chunk.facts_at(range(len(crowd)))] == [one.get("output") for one in crowd]


@pytest.mark.parametrize("largest", ["99999.9999", "100000", "99999999999999.9999"])
def test_decimal_is_exact_when_it_is_the_largest_of_its_column(tmp_path: Path, largest: str) -> None:
    pack = pack_of(tmp_path / "pack", rule("A-1", f"{{fact: income, op: ge, value: {largest}}}"))
    crowd = [{"income": largest}, {"income": Decimal(largest) - Decimal("0.0001")}, {"income": f"-{largest}"}, {}]
    path = tmp_path / "people.parquet"
    write_people(path, pack, crowd)
    (chunk,) = chunks_of_parquet(path, Layout(pack, ON))
    wanted = [Decimal(one["income"]) if one else None for one in crowd]
    assert [facts.get("income") for facts in chunk.facts_at(range(len(crowd)))] == wanted
    assert Kernel(Layout(pack, ON)).evaluate(chunk).tier.tolist()[:3] == [0, 2, 2]
