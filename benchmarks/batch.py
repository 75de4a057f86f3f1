"""A million people at once: this engine beside polars, DuckDB, OpenFisca, zen-engine and CEL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Result, forget_peak, resident
from benchmarks.openfisca_peer import OpenFisca, catalogues, has
from benchmarks.policy60.people import columns, rows, ten_thousandths
from benchmarks.policy60.rules import in_force, number
from benchmarks.policy60.translate import ON, TIERS, TYPES
from benchmarks.single import ABSENT, as_peers_take_it, cel_tier, zen_expression
from suchang.eligibility import Pack, load_pack
from suchang.eligibility.batch import Kernel, Layout, chunks_of_parquet
from suchang.eligibility.sql.parquet import view_of
from suchang.eligibility.sql.query import text

Tiers = Callable[[], Any]
"""Answers everybody: the place of each tier as an array, or None where the answer stays with the peer."""
SAMPLE = 5_000


def kernel(pack: Pack, people: Path, _count: int) -> Tiers:
    """Return this engine: columns as they come from Parquet, one thread."""
    layout = Layout(pack, ON)
    chunks = list(chunks_of_parquet(people, layout))
    ours = Kernel(layout)
    return lambda: np.concatenate([ours.evaluate(chunk).tier for chunk in chunks])


def polars(_pack: Pack, _people: Path, count: int) -> Tiers:
    """Return hand-written polars expressions, over the narrowest columns that hold the people, polars' own threads."""
    import polars as pl

    frame = {}
    for name, column in columns(count).items():
        values = ten_thousandths(column.values).astype(np.int32) if TYPES.get(name) == "decimal" else column.values
        if column.offsets is not None:
            lists = np.split(values, column.offsets[1:-1])
            frame[name] = pl.Series(lists, dtype=pl.List(pl.Int16))
        else:
            series = pl.Series(values)
            known = None if column.missing is None else pl.Series(~column.missing)
            frame[name] = series if known is None else pl.select(pl.when(known).then(series)).to_series()
    people, chain = pl.DataFrame(frame), None
    for place, _tier in enumerate(TIERS):
        ways = [_expression(pl, rule["when"]) for rule in in_force() if rule["tier"] == place + 1]
        joined = reduce(or_, ways)
        chain = pl.when(joined).then(place) if chain is None else chain.when(joined).then(place)
    tier = chain.otherwise(len(TIERS)).cast(pl.Int8)
    return lambda: people.select(tier).to_series().to_numpy()


def _expression(pl: Any, node: dict[str, Any]) -> Any:
    for shape, join in (("all", and_), ("any", or_)):
        if shape in node:
            return reduce(join, [_expression(pl, child) for child in node[shape]])
    fact, value = pl.col(node["f"]), number(node)
    match node["op"]:
        case "is" | "eq":
            return fact == value
        case "ge":
            return fact >= value
        case "le":
            return fact <= value
        case "in":
            return fact.is_in(value)
        case "not_in":
            return ~fact.is_in(value)
    return fact.list.eval(pl.element().is_in(value)).list.any()


def duckdb(pack: Pack, people: Path, count: int) -> Tiers:
    """Return the pack as DuckDB's SQL, over a table of DuckDB's own, DuckDB's own threads."""
    import duckdb as engine

    connection = engine.connect()
    source = replace(view_of(connection, people, pack, "file"), table="people")
    connection.execute("CREATE TABLE people AS FROM file")
    query = text(pack, ON, "duckdb", source)
    places = ", ".join(f"'{tier}'" for tier in TIERS)
    tier = f"coalesce(list_position([{places}], tier) - 1, {len(TIERS)})::TINYINT"
    # Sorting by the text of the id is left out: the ids say where each answer belongs.
    unsorted = query[: query.rindex("ORDER BY")]
    asked = f"SELECT id::INTEGER AS place, {tier} AS tier FROM ({unsorted})"  # noqa: S608

    def answer() -> Any:
        found = connection.execute(asked).fetchnumpy()
        tiers = np.empty(count, dtype=np.int8)
        tiers[found["place"]] = found["tier"]
        return tiers

    return answer


def openfisca(_pack: Pack, _people: Path, count: int) -> Tiers:
    """Return OpenFisca: a variable a fact and a formula a rule; without lists, so it is told who has a listed code."""
    inputs = _arrays(count)
    peer = OpenFisca(inputs)
    return lambda: peer.places(inputs, count)


def _arrays(count: int) -> dict[str, Any]:
    """Return the people as plain arrays: stand-ins for what is unknown, decimals as whole ten-thousandths."""
    found: dict[str, Any] = {}
    drawn = columns(count)
    for name, column in drawn.items():
        if column.offsets is not None:
            continue
        values = column.values
        if TYPES.get(name) == "decimal":
            values = ten_thousandths(values).astype(np.int32)
        if column.missing is not None:
            values = np.where(column.missing, np.asarray(ABSENT.get(name, -1), dtype=values.dtype), values)
        found[name] = values
    for rule in in_force():
        for name, codes in catalogues(rule["when"]):
            column = drawn[name]
            hits = np.concatenate([[0], np.cumsum(np.isin(column.values, codes))])
            found[has(name, codes)] = hits[column.offsets[1:]] > hits[column.offsets[:-1]]
    return found


def one_by_one(tier: Callable[[dict[str, Any]], str | None], count: int) -> Tiers:
    """Return an engine that takes one person at a time, on so many of the people."""
    people = [as_peers_take_it(person) for person in rows(count)]
    places = {name: place for place, name in enumerate((*TIERS, None))}
    return lambda: np.array([places[tier(person)] for person in people], dtype=np.int8)


CONTESTANTS: Mapping[str, tuple[Callable[[Pack, Path, int], Tiers], bool]] = {
    "numpy kernel": (kernel, True),
    "polars expressions": (polars, True),
    "DuckDB, generated SQL": (duckdb, True),
    "OpenFisca-core": (openfisca, True),
    "zen-engine compiled expression": (lambda _pack, _people, count: one_by_one(zen_expression(), count), False),
    "CEL": (lambda _pack, _people, count: one_by_one(cel_tier(), count), False),
}
"""How each is made ready, and whether it takes everybody (else a sample, scaled up)."""


def batch(pack: Path, people: Path, count: int, rounds: int) -> list[dict[str, Any]]:
    """Measure wall clock and processor time in ms a million people; AssertionError when tiers differ."""
    loaded = load_pack(pack)
    sizes = {name: count if whole else min(SAMPLE, count) for name, (_, whole) in CONTESTANTS.items()}
    ready = {name: make(loaded, people, sizes[name]) for name, (make, _) in CONTESTANTS.items()}
    tiers = ready["numpy kernel"]()
    samples: dict[int, Any] = {count: tiers}
    for name, answer in ready.items():
        size = sizes[name]
        if size not in samples:
            # A smaller draw is not the beginning of a larger one.
            samples[size] = _tiers_of_sample(loaded, size)
        wrong = int(np.count_nonzero(np.asarray(answer()) != samples[size]))
        assert wrong == 0, f"{name} disagrees on {wrong} people"
    wall: dict[str, list[float]] = {name: [] for name in ready}
    spent: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(rounds):
        for name, answer in ready.items():
            start, began = time.perf_counter(), time.process_time()
            answer()
            scale = 1e9 / sizes[name]
            spent[name].append(round((time.process_time() - began) * scale, 2))
            wall[name].append(round((time.perf_counter() - start) * scale, 2))
    memory = {name: peak(name, pack, people, sizes[name]) for name in ready}
    return [
        {
            "wall_ms": Result(name, tuple(wall[name])).to_json(),
            "cpu_ms": Result(name, tuple(spent[name])).to_json(),
            "people": sizes[name],
            "extra_mib": memory[name],
        }
        for name in ready
    ]


def _tiers_of_sample(pack: Pack, count: int) -> Any:
    from suchang.eligibility import Engine

    engine = Engine(pack)
    day = engine.day(ON)
    places = {name: place for place, name in enumerate((*TIERS, None))}
    return np.array([places[day.tier(engine.parse_facts(person))] for person in rows(count)], dtype=np.int8)


def peak(name: str, pack: Path, people: Path, count: int) -> int:
    """Return the MiB that a process takes to answer, beyond what it holds before: people and policy."""
    words = [sys.executable, "-m", "benchmarks.batch", name, str(pack), str(people), str(count)]
    return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def table(results: list[dict[str, Any]], base: str) -> str:
    """Write the table with ratios to one line."""
    walls = {each["wall_ms"]["name"]: each["wall_ms"]["median"] for each in results}
    lines = ["### A million people", "", f"| | wall ms | lowest–highest | CPU ms | × {base} | extra MiB |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for each in results:
        wall = each["wall_ms"]
        name = wall["name"] + (
            "" if each["people"] == results[0]["people"] else f" ({each['people']:,} people, scaled)"
        )
        span = f"{min(wall['rounds']):,.0f}–{max(wall['rounds']):,.0f}"
        ratio = wall["median"] / walls[base]
        cpu = f"{each['cpu_ms']['median']:,.0f}"
        lines.append(f"| {name} | {wall['median']:,.1f} | {span} | {cpu} | {ratio:.2f} | {each['extra_mib']:,} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Let one contestant answer once, and print what memory that takes."""
    name, pack, people, count = sys.argv[1:]
    make, _ = CONTESTANTS[name]
    answer = make(load_pack(Path(pack)), Path(people), int(count))
    forget_peak()
    before = resident("VmRSS")
    answer()
    print(max(0, resident("VmHWM") - before))


if __name__ == "__main__":
    main()
