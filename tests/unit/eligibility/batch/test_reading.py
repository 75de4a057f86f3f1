"""Files are read in several threads and texts numbered from their bytes: nothing is lost, doubled or reordered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any
from unicodedata import combining, is_normalized, normalize

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.demo.province import SEED, make_province
from suchang.eligibility import load_pack
from suchang.eligibility.batch import Kernel, Layout, NotAColumn, each_chunk
from suchang.eligibility.batch.columns import reading
from suchang.eligibility.batch.columns.arrow import texts_at
from suchang.eligibility.batch.columns.dictionary_encoding import Dictionary, perhaps_decomposed
from suchang.eligibility.batch.columns.parquet import Chunk
from suchang.eligibility.batch.columns.reading import ranges
from tests.unit.eligibility.analysis.planted import pack_of, rule
from tests.unit.eligibility.batch.arrow import write_people

JIANGSU = Path("eligibility_rules/jiangsu")
ON = date(2026, 11, 1)
# Short and long texts that share beginnings, with a NUL, letters of several bytes and accents that follow their letter.
words = st.text(alphabet="ab\0中é0\u0301\u3099か（", max_size=20) | st.integers(0, 99).map(
    "a_code_that_is_long_{}".format
)


def buffers(texts: Sequence[str]) -> tuple[Any, Any]:
    raw = [text.encode() for text in texts]
    offsets = np.array([0, *accumulate(map(len, raw))], dtype=np.int32)
    return offsets, np.frombuffer(b"".join(raw), np.uint8)


@given(st.lists(words, max_size=300), st.lists(words, max_size=40), st.randoms())
def test_text_gets_its_number_when_the_dictionary_has_it(known: list[str], asked: list[str], draw: Any) -> None:
    composed = dict.fromkeys(normalize("NFC", word) for word in known)
    dictionary = Dictionary({word: place for place, word in enumerate(composed)})
    texts = asked + draw.sample(known, min(10, len(known)))
    offsets, data = buffers(["before", *texts])
    found = dictionary.numbers(offsets[1:], data)
    assert found.tolist() == [dictionary.words.get(normalize("NFC", text), -1) for text in texts]


def test_no_text_changes_by_composing_when_its_bytes_are_those_of_composed_texts() -> None:
    lines = (chr(code) for code in range(0x300, 0x110000) if not 0xD800 <= code < 0xE000)
    strange = [each for each in lines if not is_normalized("NFC", each) or combining(each)]
    assert perhaps_decomposed(*buffers(strange)).all()
    assert not perhaps_decomposed(*buffers(["", "abc", "é", "中文", "\u02ff"])).any()
    for code in range(0x4000, 0xA000):
        assert all(is_normalized("NFC", text) for text in (chr(code), f"é{chr(code)}", f"{chr(code)}é"))


@given(st.lists(st.integers(1, 3_000_000), min_size=1, max_size=40), st.integers(1, 8))
def test_ranges_hold_every_row_once_and_in_order(sizes: list[int], workers: int) -> None:
    parts = ranges(sizes, workers)
    assert parts[0][0] == 0
    assert parts[-1][1] == sum(sizes)
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    assert all(end > start for start, end in parts)


@pytest.mark.parametrize(
    ("groups", "workers", "wanted"),
    [
        (9, 2, [1_000_000] * 8 + [250_000] * 4),
        (8, 2, [1_000_000] * 8),
        (7, 3, [1_000_000] * 6 + [166_667] * 5 + [166_665]),
    ],
)
def test_groups_that_are_left_over_are_cut_when_they_would_keep_one_thread_busy(
    groups: int, workers: int, wanted: list[int]
) -> None:
    assert [last - first for first, last in ranges([1_000_000] * groups, workers)] == wanted


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    crowd = [dict(person.facts) for person in make_province(SEED, 200, ON).people]
    path = tmp_path_factory.mktemp("people") / "people.parquet"
    write_people(path, load_pack(JIANGSU), crowd)
    return path


def answers(path: Path, threads: int) -> tuple[list[str], list[int]]:
    layout = Layout(load_pack(JIANGSU), ON)
    kernel = Kernel(layout)

    def work(chunk: Chunk) -> tuple[list[str], list[int]]:
        return texts_at(chunk.ids, range(chunk.count)), kernel.evaluate(chunk).tier.tolist()

    parts = list(each_chunk(path, layout, work, threads=threads))
    return [name for names, _ in parts for name in names], [tier for _, tiers in parts for tier in tiers]


def test_answers_come_in_order_when_many_threads_read(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = answers(parquet, 1)
    monkeypatch.setattr(reading, "SMALL", 16)
    assert answers(parquet, 5) == alone
    assert alone[0] == [f"p{number}" for number in range(200)]


def test_first_bad_row_is_named_when_several_threads_meet_some(
    parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pq.read_table(parquet).to_pylist()
    for row in (83, 130, 199):
        table[row]["sector"] = "alchemy"
    path = tmp_path / "people.parquet"
    schema = pq.read_schema(parquet)
    with pq.ParquetWriter(path, schema) as writer:
        writer.write_table(pq.read_table(parquet).from_pylist(table, schema), row_group_size=8)
    monkeypatch.setattr(reading, "SMALL", 16)
    with pytest.raises(NotAColumn, match="row 84, column sector: a value outside its enumeration"):
        answers(path, 5)


def plain(value: Any, fields: set[str]) -> Any:
    """Write a fact so that the file's and the given one can be compared, of records the fields that are read."""
    if isinstance(value, list):
        return [plain(item, fields) for item in value]
    if isinstance(value, dict):
        return {name: plain(one, fields) for name, one in value.items() if name in fields and one is not None}
    return "9999-12-31" if value == "open" else str(value)


def test_facts_of_a_chunk_are_those_of_the_file(parquet: Path) -> None:
    layout = Layout(load_pack(JIANGSU), ON)
    given = [dict(person.facts) for person in make_province(SEED, 200, ON).people]
    read = {fact.name: {field.name for field in layout.fields.get(fact.name, ())} for fact in layout.facts}
    for chunk in reading.chunks_of_parquet(parquet, layout):
        for place, facts in enumerate(chunk.facts_at(range(chunk.count))):
            found = {name: plain(value, read[name]) for name, value in facts.items()}
            known = {name: value for name, value in given[chunk.first + place].items() if value is not None}
            assert found == {name: plain(value, read[name]) for name, value in known.items() if name in read}


def test_decomposed_code_is_the_composed_one_when_it_comes_in_a_list(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "pack", rule("A-1", "{fact: hats, any_item: {op: in, value: [béret]}}"))
    path = tmp_path / "people.parquet"
    write_people(path, pack, [{"hats": ["be\u0301ret"]}, {"hats": ["x", "béret"]}, {"hats": ["beret"]}])
    (chunk,) = reading.chunks_of_parquet(path, Layout(pack, ON))
    assert Kernel(Layout(pack, ON)).evaluate(chunk).tier.tolist() == [0, 0, 2]
    assert [facts["hats"] for facts in chunk.facts_at(range(3))] == [["béret"], ["x", "béret"], ["beret"]]
