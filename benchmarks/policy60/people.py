"""Seeded synthetic people for the 60-rule policy: 22 columns with gaps where evidence is missing.

``columns(n, seed)`` gives numpy arrays and masks; ``table`` the Arrow table that a pack's ``rules schema`` describes;
``rows`` JSON values as ``rules determine`` reads them. Distributions, null rates and list lengths are those behind the
published figures and must stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Column:
    """One column: values, which are missing, and for a list where each person's items begin."""

    values: Array
    missing: Array | None = None
    offsets: Array | None = None


def columns(n: int, seed: int = 1) -> dict[str, Column]:
    """Draw n people."""
    g = np.random.default_rng(seed)

    def gaps(values: Array, rate: float) -> Column:
        return Column(values, g.random(n) < rate)

    def codes(mean: float, top: int) -> Column:
        lengths = np.minimum(g.poisson(mean, n), 8)
        offsets = np.zeros(n + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        return Column(g.integers(0, top, offsets[-1]).astype(np.int16), None, offsets)

    c: dict[str, Column] = {}
    c["age"] = gaps(g.integers(20, 75, n).astype(np.int16), 0.01)
    c["degree"] = gaps(g.choice(5, n, p=[0.25, 0.35, 0.25, 0.1, 0.05]).astype(np.int8), 0.03)
    c["title"] = gaps(g.choice(5, n, p=[0.4, 0.25, 0.2, 0.1, 0.05]).astype(np.int8), 0.05)
    grades = [0.4, 0.12, 0.12, 0.12, 0.1, 0.07, 0.04, 0.02, 0.01]
    c["skill"] = gaps(g.choice(9, n, p=grades).astype(np.int8), 0.05)
    c["awards"], c["programmes"] = codes(0.3, 200), codes(0.12, 100)
    c["region"] = Column(g.integers(0, 13, n).astype(np.int8))
    c["in_prov"], c["rd_outside"] = Column(g.random(n) < 0.93), Column(g.random(n) < 0.02)
    c["ins_years"] = gaps(g.exponential(6, n).astype(np.float32), 0.05)
    c["income"] = gaps(g.lognormal(2.6, 0.7, n).astype(np.float32), 0.10)
    c["shortage"] = Column(g.integers(0, 400, n).astype(np.int16))
    c["postdoc"] = Column(g.random(n) < 0.01)
    nationality = np.where(g.random(n) < 0.985, 0, g.integers(1, 180, n)).astype(np.int16)
    c["nationality"] = Column(nationality)
    c["permit"] = Column(np.where(nationality > 0, g.integers(0, 4, n), 0).astype(np.int8))
    c["industry"] = Column(g.integers(0, 20, n).astype(np.int8))
    c["emp_type"] = Column(g.integers(0, 8, n).astype(np.int8))
    c["contract"] = gaps((g.random(n) * 6).astype(np.float32), 0.04)
    c["award_date"] = gaps(g.integers(14000, 20700, n).astype(np.int32), 0.6)
    c["startup"] = Column(g.random(n) < 0.03)
    c["patents"] = gaps(g.poisson(0.5, n).astype(np.int16), 0.2)
    c["hours"] = gaps((g.random(n) * 300).astype(np.float32), 0.3)
    return c


def ten_thousandths(values: Array) -> Array:
    """Round years and amounts to the 4 digits that a pack compares, as whole ten-thousandths."""
    return np.rint(values.astype(np.float64) * 10_000).astype(np.int64)


def rows(n: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield n people as JSON values; an unknown fact is absent."""
    drawn = columns(n, seed)
    known = {name: None if each.missing is None else ~each.missing for name, each in drawn.items()}
    plain = {name: _plain(name, each) for name, each in drawn.items()}
    for i in range(n):
        person = {}
        for name, values in plain.items():
            mask = known[name]
            if mask is None or mask[i]:
                person[name] = values[i]
        yield person


def _plain(name: str, column: Column) -> list[Any]:
    values = column.values
    if column.offsets is not None:
        texts = [str(code) for code in values]
        return [texts[start:end] for start, end in zip(column.offsets, column.offsets[1:], strict=False)]
    if name == "award_date":
        return [date.fromordinal(int(day) + date(1970, 1, 1).toordinal()).isoformat() for day in values]
    if values.dtype == np.float32:
        return [number / 10_000 for number in ten_thousandths(values).tolist()]
    return list(values.tolist())


def table(n: int, seed: int = 1, first: int = 0) -> Any:
    """Return n people as an Arrow table by the batch contract (needs pyarrow); ids count from ``first``."""
    import pyarrow as pa

    answer: dict[str, Any] = {"id": pa.array(range(first, first + n)).cast(pa.string())}
    for name, column in columns(n, seed).items():
        values, mask = column.values, column.missing
        if column.offsets is not None:
            items = pa.array(values).cast(pa.string())
            answer[name] = pa.ListArray.from_arrays(pa.array(column.offsets), items)
        elif name == "award_date":
            answer[name] = pa.array(values, mask=mask).cast(pa.date32())
        elif values.dtype == np.float32:
            answer[name] = _decimals(pa, ten_thousandths(values), mask)
        elif values.dtype == np.bool_:
            answer[name] = pa.array(values, mask=mask)
        else:
            answer[name] = pa.array(values, mask=mask).cast(pa.int64())
    return pa.table(answer)


def _decimals(pa: Any, scaled: Array, mask: Array | None) -> Any:
    """Make decimal128(18, 4) from whole ten-thousandths: the low word is the number, the high word its sign."""
    words = np.empty((len(scaled), 2), np.int64)
    words[:, 0], words[:, 1] = scaled, scaled >> 63
    validity = None if mask is None else pa.py_buffer(np.packbits(~mask, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(scaled), [validity, pa.py_buffer(words.tobytes())])
