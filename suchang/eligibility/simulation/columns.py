"""The tiers of a whole Parquet file before and after an edit, by columns: one reading, two evaluations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch import Answer, Kernel, Layout, each_chunk
from suchang.eligibility.batch.columns.arrow import texts_at
from suchang.eligibility.batch.columns.packed import Flat, unpack
from suchang.eligibility.batch.columns.parquet import Chunk as People
from suchang.eligibility.pack.model import Pack
from suchang.eligibility.simulation.answers import EXPLAINED, Chunk, Numbers, Pair


def answer_columns(pair: Pair, path: Path) -> Iterator[Chunk]:
    """Answer the people of a Parquet file, chunk by chunk, in constant memory.

    Raises ``NotAColumn`` for a column or value that does not fit, or two packs that define a fact differently.
    """
    layouts = Layout(pair.old, pair.on, beside=pair.new), Layout(pair.new, pair.on, beside=pair.old)
    both = Kernel(*layouts)
    names = [(*pair.tiers(side), None) for side in (0, 1)]
    differs = np.array([[before != after for after in names[1]] for before in names[0]])
    explained = _Explained()

    def answer(people: People) -> Chunk:
        before, after = both.evaluate_all(people)
        changed = np.flatnonzero(differs.take(before.tier.astype(np.int32) * len(names[1]) + after.tier))
        ids = dict(zip(changed.tolist(), texts_at(people.ids, changed.tolist()), strict=True))
        return Chunk(
            _Ids(people.count, ids),
            before.tier.astype(np.int16),
            after.tier.astype(np.int16),
            _rules(pair.old, before, changed),
            _rules(pair.new, after, changed),
            _cities(people.extra.get(pair.city_fact or ""), people.count),
            partial(explained.facts, explained.keep(people, changed)),
        )

    yield from each_chunk(path, layouts[1], answer, extra=(pair.city_fact,) if pair.city_fact else ())


def _rules(pack: Pack, answer: Answer, changed: NDArray[Any]) -> Numbers:
    """Return the places in ``Pack.rules`` of the deciding rules of those who change; -1 for none."""
    places = {name: place for place, name in enumerate(pack.rules)}
    table = np.array([*(places[rule.id] for rule in answer.edition.rules), -1], dtype=np.int16)
    found = np.full(answer.count, -1, dtype=np.int16)
    if changed.size:
        found[changed] = table[answer.rule_of(changed)]
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
class _Explained:
    """The facts of the first who change, kept for their explanation."""

    left: int = EXPLAINED
    """How many more are wanted, as far as the threads that read know; reading ahead may keep some too many."""

    def keep(self, chunk: People, changed: NDArray[Any]) -> Mapping[int, Mapping[str, Any]]:
        """Keep the facts of those who change, by place in the chunk."""
        places = changed[: self.left].tolist()
        return dict(zip(places, chunk.facts_at(places), strict=True))

    def facts(self, kept: Mapping[int, Mapping[str, Any]], place: int) -> Mapping[str, Any]:
        """Return one person's facts; as many less are wanted."""
        self.left = max(0, self.left - 1)
        return kept[place]
