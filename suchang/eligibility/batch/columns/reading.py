"""Read people from a Parquet file by ranges of rows, in several threads, in constant memory.

Each thread decodes, numbers and evaluates its own range; results come in the order of the rows, and only a few more
ranges than there are threads may be done and waiting, so that memory does not grow with the file.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from suchang.eligibility.batch.columns.layout import Layout
from suchang.eligibility.batch.columns.parquet import Chunk, ParquetPeople, Range

AHEAD = 2
"""So many ranges more than threads may be done and waiting."""
SMALL = 1 << 17
"""Ranges are not smaller than so many rows, or a row group of more."""
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # Each range is decoded by the thread that asks for it.
    "threads": 1,
    "preserve_insertion_order": True,
    # From this version of Arrow's format on decimals are as wide as in DuckDB, not 128 bits.
    "arrow_output_version": "1.5",
}
Result = TypeVar("Result")


def chunks_of_parquet(path: Path, layout: Layout, *, extra: tuple[str, ...] = ()) -> Iterator[Chunk]:
    """Read a Parquet file for a layout, chunk by chunk in the order of its rows, in one thread."""
    with _opened(path, layout, extra, skip=False) as (people, sizes):
        yield from people.chunks((0, sum(sizes)))


def each_chunk(
    path: Path,
    layout: Layout,
    work: Callable[[Chunk], Result],
    *,
    extra: tuple[str, ...] = (),
    skip: bool = False,
    threads: int | None = None,
) -> Iterator[Result]:
    """Do some work on every chunk and give the results in the order of the rows.

    With ``skip`` a chunk tells its bad values, else the first one is raised. ``threads``: as many as there are
    processors. What a result keeps of a chunk keeps that chunk's memory.
    """
    workers = threads or len(os.sched_getaffinity(0))
    with _opened(path, layout, extra, skip) as (people, sizes), ThreadPoolExecutor(workers) as pool:

        def answer(part: Range) -> list[Result]:
            return [work(chunk) for chunk in people.chunks(part)]

        waiting: deque[Future[list[Result]]] = deque()
        try:
            for part in [(0, sum(sizes))] if people.has_row_numbers else ranges(sizes, workers):
                waiting.append(pool.submit(answer, part))
                if len(waiting) >= workers + AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def ranges(sizes: list[int], workers: int) -> list[Range]:
    """Cut the rows of row groups of these sizes into ranges for so many threads.

    Small groups are joined. A large one is cut only where there are few, or where it would keep one thread busy when
    the others have done theirs, because DuckDB decodes a group from its beginning.
    """
    whole = len(sizes) - len(sizes) % workers if len(sizes) >= 2 * workers else 0
    parts: list[Range] = []
    start = 0
    for number, size in enumerate(sizes):
        cuts = 2 * workers if number >= whole else 1
        end, step = start + size, max(-(-size // cuts), SMALL)
        for first in range(start, end, step):
            last = min(first + step, end)
            if parts and last - parts[-1][0] <= SMALL:
                parts[-1] = parts[-1][0], last
            else:
                parts.append((first, last))
        start = end
    return parts


@contextmanager
def _opened(
    path: Path, layout: Layout, extra: tuple[str, ...], skip: bool
) -> Iterator[tuple[ParquetPeople, list[int]]]:
    with duckdb.connect(config=_SETTINGS) as connection:
        people = ParquetPeople(connection, path, layout, extra, skip)
        query = "SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata(?) ORDER BY row_group_id"
        yield people, [int(size) for _, size in connection.execute(query, [str(path)]).fetchall()]
