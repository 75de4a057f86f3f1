"""The tiers of a whole Parquet file before and after an edit, by columns: one reading, two evaluations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import nanoarrow
import numpy as np

from suchang.eligibility.batch import Answer, Kernel, Layout, chunks_of_parquet
from suchang.eligibility.batch.columns import Flat, unpack
from suchang.eligibility.model import Pack
from suchang.eligibility.simulation.answers import EXPLAINED, Chunk, Numbers, Pair
from suchang.eligibility.simulation.rows import open_rows


def answer_columns(pair: Pair, path: Path) -> Iterator[Chunk]:
    """Answer the people of a Parquet file, chunk by chunk, in constant memory.

    Raises ``NotAColumn`` for a column or value that does not fit, or two packs that define a fact differently.
    """
    old, new = Layout(pair.old, pair.on, beside=pair.new), Layout(pair.new, pair.on, beside=pair.old)
    kernels = Kernel(old), Kernel(new)
    extra = (pair.city_fact,) if pair.city_fact else ()
    done = 0
    for columns, also in chunks_of_parquet(path, new, extra=extra):
        before, after = (kernel.evaluate(columns) for kernel in kernels)
        changed = np.flatnonzero(before.tier != after.tier)[:EXPLAINED].tolist()
        people = _People(path, pair, done, changed)
        yield Chunk(
            _Ids(columns.ids),
            before.tier.astype(np.int16),
            after.tier.astype(np.int16),
            _rules(pair.old, before),
            _rules(pair.new, after),
            _cities(also.get(pair.city_fact or ""), columns.count),
            people.facts_of,
        )
        done += columns.count


def _rules(pack: Pack, answer: Answer) -> Numbers:
    """Turn places in the edition into places in ``Pack.rules``; -1 stays for none."""
    places = {name: place for place, name in enumerate(pack.rules)}
    table = np.array([*(places[rule.id] for rule in answer.edition.rules), -1], dtype=np.int16)
    found: Numbers = table[answer.rule]
    return found


def _cities(flat: Flat | None, count: int) -> Numbers:
    if flat is None:
        return np.full(count, -1, dtype=np.int16)
    places: Numbers = flat.values.astype(np.int16)
    return places if flat.known is None else np.where(unpack(flat.known, count), places, -1).astype(np.int16)


class _Ids(Sequence[str]):
    """The ids of a chunk, read only where they are asked for."""

    def __init__(self, array: Any) -> None:
        self._array = array

    @cached_property
    def _texts(self) -> list[str]:
        return [str(each) for each in nanoarrow.Array(self._array).iter_py()]

    def __len__(self) -> int:
        return int(self._array.length)

    def __getitem__(self, place: Any) -> Any:
        return self._texts[place]


class _People:
    """The facts of those who change, read again where a change is explained."""

    def __init__(self, path: Path, pair: Pair, start: int, changed: Sequence[int]) -> None:
        self.path, self.pair, self.start, self.changed = path, pair, start, changed

    @cached_property
    def _rows(self) -> dict[int, Mapping[str, Any]]:
        facts = {**self.pair.old.facts, **self.pair.new.facts}
        wanted = [self.start + number for number in self.changed]
        rows = open_rows(self.path, facts, ignore_unknown=True, numbers=wanted)
        return {number: facts for number, (_, facts) in zip(self.changed, rows.read(), strict=True)}

    def facts_of(self, number: int) -> Mapping[str, Any]:
        """Give the facts of the n-th person of the chunk, one of those who change."""
        return self._rows[number]
