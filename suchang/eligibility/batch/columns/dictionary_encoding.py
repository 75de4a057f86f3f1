"""Number texts by a dictionary, straight from Arrow's offsets and bytes, without making a Python string of any.

A text is cut into blocks of 8 bytes, each an integer; block by block it is hashed, the hash points at the words that
may be meant, and all blocks and the length are compared. So the answer is exact, and takes a few passes of numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

_BLOCK = 8
_MASKS = np.array([(1 << 8 * used) - 1 for used in range(_BLOCK + 1)], dtype=np.uint64)
_LOOSE = np.array([byte >= 0xCC and not 0xE4 <= byte <= 0xE9 for byte in range(256)])
"""First bytes of the characters that may not be composed (NFC): from U+0300 on, but for Han from U+4000 to U+9FFF."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads neighbours (Knuth, 6.4)
Numbers = NDArray[np.uint64]


@dataclass(frozen=True)
class Dictionary:
    """The numbers of some texts."""

    words: Mapping[str, int]

    @cached_property
    def _raw(self) -> list[bytes]:
        return [word.encode("utf-8") for word in self.words]

    @cached_property
    def _blocks(self) -> int:
        longest = max((len(word) for word in self._raw), default=0)
        return max(1, -(-longest // _BLOCK))

    @cached_property
    def _table(self) -> _Table:
        lengths = np.array([len(word) for word in self._raw], dtype=np.int64)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        blocks = _cut(offsets[:-1], lengths, np.frombuffer(b"".join(self._raw), np.uint8), self._blocks)
        return _Table.of(blocks, lengths, np.array(list(self.words.values()), dtype=np.int32))

    def numbers(self, offsets: NDArray[Any], data: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Return the number of each text, -1 for one that has none; ``offsets`` are one more than the texts.

        The words are composed (NFC); texts are composed before they are looked for.
        """
        lengths = np.diff(offsets)
        if not self.words or not len(lengths):
            return np.full(len(lengths), -1, dtype=np.int32)
        found = self._table.find(_cut(offsets[:-1], lengths, data, self._blocks), lengths)
        for place in np.flatnonzero(perhaps_decomposed(offsets, data) & (found == -1)).tolist():
            text = data[offsets[place] : offsets[place + 1]].tobytes().decode("utf-8")
            found[place] = self.words.get(normalize("NFC", text), -1)
        return found


def perhaps_decomposed(offsets: NDArray[Any], data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which texts have a character that may be decomposed."""
    loose = _LOOSE.take(data[offsets[0] : offsets[-1]])
    if not loose.any():
        return np.zeros(len(offsets) - 1, dtype=np.bool_)
    before = np.concatenate([[0], np.cumsum(loose)])[offsets - offsets[0]]
    found: NDArray[np.bool_] = before[1:] != before[:-1]
    return found


@dataclass(frozen=True)
class _Table:
    """Words in the order of their hashes, and where the hashes begin that share their first bits."""

    blocks: list[Numbers]
    lengths: NDArray[np.int64]
    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]
    shift: np.uint64
    run: int
    """The most words that share their first bits."""

    @classmethod
    def of(cls, blocks: list[Numbers], lengths: NDArray[np.int64], numbers: NDArray[np.int32]) -> _Table:
        hashes = _hash(blocks)
        order = np.argsort(hashes, kind="stable")
        bits = min(20, max(8, len(lengths).bit_length() + 5))
        shift = np.uint64(64 - bits)
        first = (hashes[order] >> shift).astype(np.int64)
        counts = np.bincount(first, minlength=1 << bits)
        starts = np.cumsum(counts) - counts
        return cls([each[order] for each in blocks], lengths[order], numbers[order], starts, shift, int(counts.max()))

    def find(self, blocks: list[Numbers], lengths: NDArray[Any]) -> NDArray[np.int32]:
        found = np.full(len(lengths), -1, dtype=np.int32)
        starts = self.starts.take((_hash(blocks) >> self.shift).astype(np.int64))
        for step in range(self.run):
            word = np.minimum(starts + step, len(self.lengths) - 1)
            same = self.lengths.take(word) == lengths
            for theirs, ours in zip(self.blocks, blocks, strict=True):
                same &= theirs.take(word) == ours
            np.copyto(found, self.numbers.take(word), where=same)
        return found


def _hash(blocks: list[Numbers]) -> Numbers:
    mixed = np.zeros(len(blocks[0]), dtype=np.uint64)
    for block in blocks:
        mixed = (mixed ^ block) * _FACTOR
        mixed ^= mixed >> np.uint64(32)
    return mixed * _FACTOR


def _cut(starts: NDArray[Any], lengths: NDArray[Any], data: NDArray[np.uint8], count: int) -> list[Numbers]:
    """Return the first ``count`` blocks of each text, least byte first, zero where the text has ended."""
    whole = np.zeros(len(data) // _BLOCK + count + 2, dtype="<u8")
    whole.view(np.uint8)[: len(data)] = data
    begin = starts.astype(np.int64)
    slot, low = begin >> 3, ((begin & 7) << 3).astype(np.uint64)
    high = np.uint64(64) - low
    blocks = []
    for place in range(count):
        # A shift by 64 gives 0 in numpy, which is what is wanted of texts that begin with a block.
        block = whole.take(slot + place, mode="clip") >> low | whole.take(slot + (place + 1), mode="clip") << high
        used = np.clip(lengths - place * _BLOCK, 0, _BLOCK)
        blocks.append(block & _MASKS.take(used))
    return blocks
