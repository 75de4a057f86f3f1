"""The columnar back end means what the reference means: status and grant of every rule, tier and possible tier."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine, Pack, load_pack
from suchang.eligibility.batch import (
    Answer,
    Kernel,
    Layout,
    NotAColumn,
    chunks_of_parquet,
    columns_of_records,
)
from suchang.eligibility.batch.columns.packed import Flat, Lists, unpack
from suchang.eligibility.batch.kernels.numpy_kernel import at_least
from suchang.eligibility.reference.interpreter import determine
from tests.unit.eligibility.batch.arrow import write_people
from tests.unit.eligibility.strategies import Files, days, load, packs, people
from tests.unit.eligibility.test_single_against_reference import QUIET


def values(answer: Answer, pair: tuple[Any, Any]) -> list[bool | None]:
    sure, may = (unpack(bits, answer.count) for bits in pair)
    return [True if yes else None if maybe else False for yes, maybe in zip(sure, may, strict=True)]


def differences(pack: Pack, answer: Answer, facts: Sequence[Mapping[str, Any]], on: date) -> list[str]:
    """List every way in which the columns' answers differ from the reference's."""
    tiers = [*(tier.id for tier in pack.tiers), None]
    rules = [*(rule.id for rule in answer.edition.rules), None]
    found = []
    status = {name: values(answer, pair) for name, pair in answer.status.items()}
    grant = {name: values(answer, pair) for name, pair in answer.grant.items()}
    for number, person in enumerate(facts):
        meant = determine(pack, person, on)
        for what, ours, theirs in (
            ("status", {name: each[number] for name, each in status.items()}, meant.status),
            ("grant", {name: each[number] for name, each in grant.items()}, meant.grant),
        ):
            wrong = {
                name: (ours.get(name, False), value) for name, value in theirs.items() if ours.get(name, False) != value
            }
            found += [f"person {number}, {what} of {name}: {pair}" for name, pair in wrong.items()]
        for what, place, theirs_one in (
            ("tier", tiers[answer.tier[number]], meant.tier),
            ("possible tier", tiers[answer.possible_tier[number]], meant.possible_tier),
            ("rule", rules[answer.rule[number]], meant.met[0] if meant.met else None),
        ):
            if place != theirs_one:
                found.append(f"person {number}, {what}: columns {place}, reference {theirs_one}")
    return found


@pytest.mark.timeout(60)
@settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_answers_are_the_same_when_anything_lies_under_an_unknown_value(files: Files, data: st.DataObject) -> None:
    """A column reader may leave anything where nothing is known, in lists too: nobody may read or count it."""
    pack = load(files)
    engine, layout = Engine(pack), Layout(pack, data.draw(st.sampled_from(days(pack))))
    crowd = [engine.parse_facts(facts) for facts in data.draw(st.lists(people(), min_size=1, max_size=11))]
    columns = columns_of_records(layout, [str(n) for n in range(len(crowd))], crowd)
    lowest = data.draw(st.booleans())
    spoilt = replace(columns, facts={name: _spoilt(column, lowest) for name, column in columns.facts.items()})
    one, other = (Kernel(layout).evaluate(each) for each in (columns, spoilt))
    for rule in one.status:
        assert values(one, one.status[rule]) == values(other, other.status[rule]), rule


def _spoilt(column: Flat | Lists, lowest: bool) -> Flat | Lists:
    if isinstance(column, Lists):
        return replace(column, fields={name: _spoilt(field, lowest) for name, field in column.fields.items()})
    if column.known is None or column.values.dtype == np.uint8:
        return column
    known = unpack(column.known, len(column.values))
    kind = np.iinfo(column.values.dtype)
    return replace(column, values=np.where(known, column.values, kind.min if lowest else kind.max))


@settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_columns_and_reference_agree_when_people_come_as_records(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    engine = Engine(pack)
    crowd = data.draw(st.lists(people(), min_size=1, max_size=11))
    records = [engine.parse_facts(facts) for facts in crowd]
    for on in data.draw(st.lists(st.sampled_from(days(pack)), min_size=1, max_size=3, unique=True)):
        layout = Layout(pack, on)
        columns = columns_of_records(layout, [str(n) for n in range(len(crowd))], records)
        assert differences(pack, Kernel(layout).evaluate(columns), crowd, on) == []


@settings(max_examples=10, deadline=None, suppress_health_check=QUIET)
@given(packs(), st.data())
def test_columns_and_reference_agree_when_people_come_as_parquet(files: Files, data: st.DataObject) -> None:
    pack = load(files)
    crowd = data.draw(st.lists(people(), min_size=1, max_size=20))
    on = data.draw(st.sampled_from(days(pack)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.parquet"
        write_people(path, pack, crowd)
        layout = Layout(pack, on)
        done = 0
        for columns in chunks_of_parquet(path, layout):
            answer = Kernel(layout).evaluate(columns)
            assert differences(pack, answer, crowd[done : done + columns.count], on) == []
            done += columns.count
    assert done == len(crowd)


@st.composite
def bitmaps(draw: st.DrawFn) -> tuple[int, list[bytes]]:
    count = draw(st.integers(1, 9))
    several = draw(st.lists(st.binary(min_size=3, max_size=3), min_size=count, max_size=count))
    return draw(st.integers(1, count)), several


@given(bitmaps())
def test_at_least_counts_bits(case: tuple[int, list[bytes]]) -> None:
    need, several = case
    packed = [np.frombuffer(each, np.uint8) for each in several]
    counted = np.sum([unpack(bits, 24) for bits in packed], axis=0) >= need
    assert (unpack(at_least(need, packed), 24) == counted).all()


def test_column_is_refused_when_it_has_another_type(tmp_path: Path) -> None:

    pack = load_pack(Path("eligibility_rules/jiangsu"))
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": ["p1"], "employer_in_jiangsu": ["yes"]}), path)
    with pytest.raises(NotAColumn, match="column employer_in_jiangsu is VARCHAR; BOOLEAN is needed"):
        list(chunks_of_parquet(path, Layout(pack, date(2026, 11, 1))))
