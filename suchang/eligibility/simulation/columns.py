"""The tiers of a whole Parquet file before and after an edit, by columns: one reading, two evaluations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch import Answer, Kernel, Layout, each_chunk
from suchang.eligibility.batch.arrow import texts_at
from suchang.eligibility.batch.columns import Columns, Flat, unpack
from suchang.eligibility.model import Pack
from suchang.eligibility.simulation.answers import Chunk, Numbers, Pair, Promise
from suchang.eligibility.simulation.rows import rows_at


def answer_columns(pair: Pair, path: Path) -> Iterator[Chunk]:
    """Answer the people of a Parquet file, chunk by chunk, in constant memory.

    Raises ``NotAColumn`` for a column or value that does not fit, or two packs that define a fact differently.
    """
    layouts = Layout(pair.old, pair.on, beside=pair.new), Layout(pair.new, pair.on, beside=pair.old)
    kernel = Kernel(*layouts)
    names = [(*pair.tiers(side), None) for side in (0, 1)]
    differs = np.array([[before != after for after in names[1]] for before in names[0]])
    again = _Reread(path, pair)

    def answer(columns: Columns, also: Mapping[str, Flat]) -> Chunk:
        before, after = kernel.evaluate_all(columns)
        changed = np.flatnonzero(differs[before.tier, after.tier])
        ids = dict(zip(changed.tolist(), texts_at(columns.ids, changed.tolist()), strict=True))
        return Chunk(
            _Ids(columns.count, ids),
            before.tier.astype(np.int16),
            after.tier.astype(np.int16),
            _rules(pair.old, before, changed),
            _rules(pair.new, after, changed),
            _cities(also.get(pair.city_fact or ""), columns.count),
            partial(again.promise, columns.first),
        )

    yield from each_chunk(path, layouts[1], answer, extra=(pair.city_fact,) if pair.city_fact else ())


def _rules(pack: Pack, answer: Answer, changed: NDArray[Any]) -> Numbers:
    """Give the places in ``Pack.rules`` of the deciding rules of those who change; -1 for none."""
    places = {name: place for place, name in enumerate(pack.rules)}
    table = np.array([*(places[rule.id] for rule in answer.edition.rules), -1], dtype=np.int16)
    found = np.full(answer.count, -1, dtype=np.int16)
    if changed.size:
        found[changed] = table[answer.rule[changed]]
    return found


def _cities(flat: Flat | None, count: int) -> Numbers:
    if flat is None:
        return np.full(count, -1, dtype=np.int16)
    places: Numbers = flat.values.astype(np.int16)
    return places if flat.known is None else np.where(unpack(flat.known, count), places, -1).astype(np.int16)


@dataclass(frozen=True)
class _Ids(Sequence[str]):
    """The ids of a chunk: of those who change, because nobody else's is asked for."""

    size: int
    texts: Mapping[int, str]

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: Any) -> Any:
        return self.texts[place]


@dataclass
class _Reread:
    """The facts of those who change, read again all together when the first of them is explained."""

    path: Path
    pair: Pair
    wanted: list[int] = field(default_factory=list)
    found: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def promise(self, first: int, number: int) -> Promise:
        """Promise the facts of the n-th person after the first; they are asked for in the order of the rows."""
        self.wanted.append(first + number)
        return partial(self._facts, first + number)

    def _facts(self, row: int) -> Mapping[str, Any]:
        if row not in self.found:
            facts = {**self.pair.old.facts, **self.pair.new.facts}
            people = rows_at(self.path, facts, self.wanted)
            self.found = {number: one for number, (_, one) in zip(self.wanted, people, strict=True)}
        return self.found[row]
