"""From a file of people to a file of tiers: one row a person, in the order of the input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import nanoarrow
import numpy as np
from nanoarrow._array_stream import CArrayStream
from numpy.typing import NDArray

from suchang.domain.errors import FieldProblem
from suchang.eligibility.batch.columns.arrow import copied_texts, texts_at
from suchang.eligibility.batch.columns.layout import Layout, NotAColumn
from suchang.eligibility.batch.columns.packed import unpack
from suchang.eligibility.batch.columns.parquet import Chunk
from suchang.eligibility.batch.columns.reading import each_chunk
from suchang.eligibility.batch.columns.records import columns_of_records
from suchang.eligibility.batch.kernels.kernel import Kernel
from suchang.eligibility.batch.kernels.tiers_from_bitmaps import Answer
from suchang.eligibility.engine import Engine
from suchang.eligibility.errors import FactsInvalid
from suchang.eligibility.in_force.rules_in_force import rules_in_force
from suchang.eligibility.pack.model import Pack, RuleKind
from suchang.eligibility.simulation.rows import Rows, open_rows
from suchang.eligibility.single.record import Record

CHUNK = 8192
FORMAT = "1"


@dataclass(frozen=True)
class Job:
    """What is to be determined, from where, to where."""

    pack: Pack
    on: date
    source: Path
    output: Path
    with_rules: bool = False
    skip: bool = False
    ignore_unknown: bool = False

    @cached_property
    def rows(self) -> Rows:
        """The people as rows; raises a sentence for a file that can't be read or has foreign columns."""
        return open_rows(self.source, self.pack.facts, ignore_unknown=self.ignore_unknown, lenient=self.skip)

    @property
    def rejects(self) -> Path:
        """Where people with bad values are written."""
        return self.output.with_name(self.output.name + ".rejects.jsonl")


@dataclass
class Done:
    """How many people were answered and how many left out."""

    people: int = 0
    rejected: int = 0


def run(job: Job, progress: Callable[[int], object] = lambda _count: None) -> Done:
    """Determine everybody and write the output; nothing is left of it when something is refused on the way."""
    check_output(job)
    done, kernel = Done(), Kernel(Layout(job.pack, job.on))
    chunks: list[Any] = []
    rejects: list[str] = []
    for answers, left_out in _answers(job, kernel):
        chunks.append(answers)
        rejects += left_out
        done.people += answers.length
        progress(answers.length + len(left_out))
    done.rejected = len(rejects)
    if rejects:
        job.rejects.write_text("\n".join(rejects) + "\n", encoding="utf-8")
    _write(job, chunks)
    return done


def check_output(job: Job) -> None:
    """Refuse an output of an unknown form before any work is done."""
    if job.output.suffix.lower() not in (".parquet", ".csv"):
        raise NotAColumn(f"{job.output.name}: the output is .parquet or .csv")


Answers = tuple[Any, list[str]]
"""One chunk as an Arrow array, and the people who are left out, as lines of JSON."""


def _answers(job: Job, kernel: Kernel) -> Iterator[Answers]:
    if job.source.suffix.lower() == ".parquet":
        _ = job.rows
        return each_chunk(job.source, kernel.layout, partial(_answer_chunk, job, kernel), skip=job.skip)
    return _answer_records(job, kernel)


def _answer_chunk(job: Job, kernel: Kernel, chunk: Chunk) -> Answers:
    answer = kernel.evaluate(chunk)
    if not chunk.bad:
        return _result(job, answer, copied_texts(chunk.ids, chunk.count), slice(None)), []
    several: dict[int, list[FieldProblem]] = {}
    for bad in chunk.bad:
        several.setdefault(bad.place, []).append(FieldProblem(bad.column, bad.what))
    left_out = sorted(several)
    names = texts_at(chunk.ids, left_out)
    rejects = [
        _reject(chunk.first + place + 1, name, several[place]) for place, name in zip(left_out, names, strict=True)
    ]
    kept = np.delete(np.arange(chunk.count), left_out)
    ids = nanoarrow.c_array(texts_at(chunk.ids, kept.tolist()), nanoarrow.string())
    return _result(job, answer, ids, kept), rejects


def _answer_records(job: Job, kernel: Kernel) -> Iterator[Answers]:
    engine, people = Engine(job.pack), enumerate(job.rows.read(), 1)
    while several := list(islice(people, CHUNK)):
        ids: list[str] = []
        records: list[Record] = []
        rejects: list[str] = []
        for row, (name, facts) in several:
            try:
                record = engine.parse_facts(facts, ignore_unknown=job.ignore_unknown)
            except FactsInvalid as error:
                if not job.skip:
                    raise FactsInvalid(
                        [FieldProblem(f"{name}: {each.field}", each.message) for each in error.errors]
                    ) from None
                rejects.append(_reject(row, name, error.errors))
                continue
            ids.append(name)
            records.append(record)
        answer = kernel.evaluate(columns_of_records(kernel.layout, ids, records))
        yield _result(job, answer, nanoarrow.c_array(ids, nanoarrow.string()), slice(None)), rejects


def _reject(row: int, name: str, problems: Iterable[FieldProblem]) -> str:
    errors = [{"field": each.field, "message": each.message} for each in problems]
    return json.dumps({"row": row, "id": name, "errors": errors}, ensure_ascii=False)


def _result(job: Job, answer: Answer, ids: Any, kept: Any) -> Any:
    """Put a chunk's answers into one Arrow struct beside the ids that came in; ``kept`` are the places of these."""
    parts: dict[str, NDArray[Any]] = {"tier": answer.tier, "possible": answer.possible_tier, "rule": answer.rule}
    if job.with_rules:
        for prefix, pairs in (("s", answer.status), ("g", answer.grant)):
            for number, pair in enumerate(pairs.values()):
                sure, may = (unpack(bits, answer.count).astype(np.int8) for bits in pair)
                # 0 false, 1 unknown, 2 true
                parts[f"{prefix}{number}"] = sure + may
    children = [ids, *(nanoarrow.c_array(np.ascontiguousarray(each[kept])) for each in parts.values())]
    types = {"id": nanoarrow.string(), "tier": nanoarrow.int8(), "possible": nanoarrow.int8()}
    types |= {"rule": nanoarrow.int16()} | {name: nanoarrow.int8() for name in list(parts)[3:]}
    return nanoarrow.c_array_from_buffers(nanoarrow.struct(types), ids.length, [None], children=children)


def _write(job: Job, chunks: list[Any]) -> None:
    edition = rules_in_force(job.pack, job.on)
    tiers = [tier.id for tier in job.pack.tiers]
    rules = [rule.id for rule in edition.rules]
    tracks = [rule.version.track for rule in edition.rules]
    selected = [
        "id",
        f"({_list(tiers)})[tier + 1] AS tier",
        f"({_list(tiers)})[possible + 1] AS possible_tier",
        f"({_list(tracks)})[CASE WHEN rule < 0 THEN NULL ELSE rule + 1 END] AS track",
        f"({_list(rules)})[CASE WHEN rule < 0 THEN NULL ELSE rule + 1 END] AS rule",
    ]
    if job.with_rules:
        values = "[false, NULL, true]"
        granted = [rule.id for tier in edition.tiers for rule in tier.rules]
        selected += [f"{values}[s{n} + 1] AS {_name('s_' + rule)}" for n, rule in enumerate(rules)]
        selected += [f"{values}[g{n} + 1] AS {_name('g_' + rule)}" for n, rule in enumerate(granted)]
        # What is not in force is false, as in every other engine.
        selected += [f"false AS {_name('s_' + name)}" for name in edition.not_in_force]
        absent = (name for name in edition.not_in_force if job.pack.rules[name][0].kind is RuleKind.TIER)
        selected += [f"false AS {_name('g_' + name)}" for name in absent]
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        if chunks:
            schema = chunks[0].schema
            answers = nanoarrow.ArrayStream(nanoarrow.c_array_stream(CArrayStream.from_c_arrays(chunks, schema)))
            connection.register("answers", answers)
        else:
            connection.execute("CREATE TABLE answers (id VARCHAR, tier TINYINT, possible TINYINT, rule SMALLINT)")
            selected = selected[:5]
        save(job, connection, f"SELECT {', '.join(selected)} FROM answers")  # noqa: S608 - names are quoted


def save(job: Job, connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Write what a query of DuckDB's gives to the output, with the metadata of the contract; count the people."""
    metadata = {"pack": job.pack.id, "version": job.pack.version, "on": job.on.isoformat(), "format": FORMAT}
    pairs = ", ".join(f"{_name(key)}: {_text(value)}" for key, value in metadata.items())
    how = (
        f"FORMAT parquet, KV_METADATA {{{pairs}}}" if job.output.suffix.lower() == ".parquet" else "FORMAT csv, HEADER"
    )
    part = job.output.with_name(job.output.name + ".part")
    (count,) = connection.execute(f"COPY ({query}) TO {_text(str(part))} ({how})").fetchone() or (0,)
    part.replace(job.output)
    return int(count)


def _list(values: list[Any]) -> str:
    return "[" + ", ".join("NULL" if value is None else _text(str(value)) for value in values) + "]::VARCHAR[]"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
