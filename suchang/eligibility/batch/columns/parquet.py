"""Columns straight from a Parquet file: DuckDB reads and casts, Arrow's buffers are used as they come.

Decimals come as the integers that they are, scalar enumerations become their place inside DuckDB (an ENUM cast is a
look-up in the file's own dictionary), other texts are numbered from Arrow's bytes; bitmaps of booleans and of missing
values are already packed as the kernel wants them. Chunks are DuckDB's own, some 100,000 people each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from suchang.eligibility.batch.columns.arrow import bitmap_of, flat_of, items_of
from suchang.eligibility.batch.columns.back_to_facts import Place, facts_at
from suchang.eligibility.batch.columns.dictionary_encoding import Dictionary
from suchang.eligibility.batch.columns.layout import Layout, NotAColumn
from suchang.eligibility.batch.columns.packed import Bits, Columns, Flat, Lists, unpack
from suchang.eligibility.batch.columns.stream import StreamBroken, arrays_of
from suchang.eligibility.pack.model import Fact, Field, Type
from suchang.eligibility.pack.reader import MAX_INTEGER
from suchang.eligibility.pack.values import SCALE

COMPLETE = "__complete"
ROW = "file_row_number"
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
_FLOATS = frozenset({"FLOAT", "DOUBLE"})
_TOO_LARGE = -(1 << 63)
"""Stands for a number that does not fit."""
_NARROW = 10**9
"""Decimals of fewer ten-thousandths fit 32 bits."""
_WIDEST = 8
"""Bytes of the widest number."""
Range = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Bad:
    """A value that is none of its type: the person's place in the chunk, the column, and what is wrong."""

    place: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class Chunk(Columns):
    """Some people of a file, ``first`` of them before; ``extra`` are the enumerations wanted beside."""

    first: int
    extra: Mapping[str, Flat]
    facts_at: Callable[[Sequence[int]], list[Mapping[str, Any]]]
    """The facts of people by their places, as the single-record engine takes them."""
    bad: tuple[Bad, ...]
    """Values that are none of their type; their people are to be left out."""
    owner: Any
    """The Arrow array whose memory all of this is: views of its buffers don't keep it."""


class ParquetPeople:
    """A Parquet file as columns for a layout.

    ``extra`` names enumerations that are wanted beside what the layout looks at, for example the city. Raises
    ``NotAColumn`` for a column of another type, and for the first value that is not of its type, with its row; with
    ``skip`` such values are told in the chunk.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout, extra: tuple[str, ...], skip: bool
    ) -> None:
        self.connection, self.path, self.layout, self.skip = connection, path, layout, skip
        self._kinds: list[str] = []
        try:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        except duckdb.Error as error:
            raise NotAColumn(f"{path}: {str(error).strip().splitlines()[0]}") from None
        self.types = {str(name): str(kind) for name, kind, *_ in described}
        if "id" not in self.types:
            raise NotAColumn(f"{path}: the column 'id' is missing; every person needs one")
        looked_at = [fact for fact in layout.facts if fact.name in self.types]
        self.extra = [layout.pack.facts[name] for name in extra if name in self.types]
        self.facts = looked_at + [fact for fact in self.extra if fact not in looked_at]
        self._words: dict[tuple[str, str | None], Dictionary] = {}
        self._spans = self._found_spans()
        self.places = tuple(self._places())
        self._query = self._select()

    @property
    def has_row_numbers(self) -> bool:
        """Tell whether the file has a column of the name by which ranges of rows are told, so that there are none."""
        return ROW in self.types

    def _found_spans(self) -> dict[str, int]:
        """Return the largest number of each column, either sign, where every row group tells; in ten-thousandths."""
        low, high = (f"TRY_CAST(stats_{end}_value AS DECIMAL(30,4))" for end in ("min", "max"))
        query = f"""SELECT path_in_schema, max(greatest(abs({low}), abs({high}))) * {SCALE} FROM parquet_metadata(?)
            GROUP BY ALL HAVING bool_and({low} IS NOT NULL AND {high} IS NOT NULL)"""  # noqa: S608
        return {str(name): int(span) for name, span in self.connection.execute(query, [str(self.path)]).fetchall()}

    def _width(self, fact: str, inner: str | None) -> str:
        """Choose the narrowest type for a whole number: what is compared a hundred times should be small."""
        if inner is not None or fact not in self._spans:
            return "BIGINT"
        span = self._spans[fact] // SCALE
        return (
            "TINYINT" if span < 1 << 7 else "SMALLINT" if span < 1 << 15 else "INTEGER" if span < 1 << 31 else "BIGINT"
        )

    def _places(self) -> Iterator[Place]:
        """Say where each fact lies: the id comes first."""
        column = 1
        for fact in self.facts:
            complete = column + 1 if fact.is_list and fact.name + COMPLETE in self.types else None
            yield Place(fact, column, complete, self._fields(fact))
            column += 1 if complete is None else 2

    def _fields(self, fact: Fact) -> tuple[Field, ...]:
        """Return the fields of a list that are looked at and that the file has."""
        names = self.layout.fields.get(fact.name, ())
        if fact.type is not Type.RECORDS:
            return names
        members = _struct_members(self.types[fact.name][:-2]) or {}
        return tuple(field for field in names if field.name in members)

    def _select(self) -> str:
        wanted = ['CAST("id" AS VARCHAR) AS id']
        for number, fact in enumerate(self.facts):
            wanted.append(f"{self._sql(fact)} AS f{number}")
            if fact.is_list and fact.name + COMPLETE in self.types:
                wanted.append(f"{_quoted(fact.name + COMPLETE)} AS c{number}")
        source = "read_parquet($path)" if self.has_row_numbers else f"read_parquet($path, {ROW} = true)"
        rows = "" if self.has_row_numbers else f" WHERE {ROW} >= $first AND {ROW} < $last"
        return f"SELECT {', '.join(wanted)} FROM {source}{rows}"  # noqa: S608 - names are quoted

    def chunks(self, part: Range) -> Iterator[Chunk]:
        """Yield the chunks of a range of rows; for use by one thread."""
        done, last = part
        given = {"path": str(self.path)} | ({} if self.has_row_numbers else {"first": done, "last": last})
        try:
            with self.connection.cursor() as cursor:
                for array in arrays_of(cursor.sql(self._query, params=given)):
                    chunk = self._chunk(array, done)
                    done += chunk.count
                    yield chunk
        except (duckdb.Error, StreamBroken) as error:
            raise NotAColumn(f"{self.path}: {str(error).strip().splitlines()[0]}") from None

    def _sql(self, fact: Fact) -> str:
        column, kind = _quoted(fact.name), self.types[fact.name]
        if not fact.is_list:
            return self._cast(column, kind, fact, fact.name, None)
        if not kind.endswith("[]"):
            raise self._wrong(fact.name, kind, "a list")
        inner = kind[:-2]
        if fact.type is Type.CODES:
            code = self._cast("v", inner, fact.fields[0], fact.name, "")
            # DuckDB builds a list anew for a lambda, though its cast does nothing.
            return column if inner == "VARCHAR" else f"list_transform({column}, lambda v: {code})"
        members = _struct_members(inner)
        if members is None:
            raise self._wrong(fact.name, kind, "a list of structs")
        pairs = [
            f"'{place}': {self._cast(f'v.{_quoted(field.name)}', members[field.name], field, fact.name, field.name)}"
            for place, field in enumerate(self._fields(fact))
        ]
        return f"list_transform({column}, lambda v: {{{', '.join(pairs) or repr('none') + ': 0'}}})"

    def _cast(self, column: str, kind: str, field: Field, fact: str, inner: str | None) -> str:
        name = fact if inner in (None, "") else f"{fact}.{inner}"
        match field.type:
            case Type.BOOL:
                return self._checked(kind == "BOOLEAN", name, kind, "BOOLEAN", column)
            case Type.INTEGER:
                whole = f"CAST({column} AS {self._width(fact, inner)})"
                return self._checked(kind in _INTEGERS, name, kind, "an integer type", whole)
            case Type.DECIMAL:
                fits = kind in _INTEGERS or kind in _FLOATS or kind.startswith("DECIMAL")
                exact = self._ten_thousandths(column, kind, self._spans.get(fact) if inner is None else None)
                return self._checked(fits, name, kind, "DECIMAL(18,4)", exact)
            case Type.DATE:
                return self._checked(kind == "DATE", name, kind, "DATE", column)
            case _:
                text = kind == "VARCHAR" or kind.startswith("ENUM")
                return self._checked(text, name, kind, "VARCHAR", self._place(column, field, fact, inner))

    def _ten_thousandths(self, column: str, kind: str, span: int | None) -> str:
        """Read a decimal as an integer: the contract's type is one in memory, any other takes a multiplication."""
        if kind == "DECIMAL(18,4)":
            return f"CAST({column} AS DECIMAL(9,4))" if span is not None and span < _NARROW else column
        # Four more digits than a decimal has are needed.
        wide = f"CAST(TRY_CAST({column} AS DECIMAL(18,4)) AS DECIMAL(22,4))"
        whole = f"coalesce(CAST({wide} * {SCALE} AS BIGINT), {_TOO_LARGE})"
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE {whole} END"

    def _place(self, column: str, field: Field, fact: str, inner: str | None) -> str:
        """Number a scalar of an enumeration (any other text is -1); other texts are numbered when they have come."""
        words = self.layout.dictionary(fact, inner)
        if field.type is not Type.ENUM or inner is not None:
            self._words[fact, inner] = Dictionary(words)
            return f"CAST({column} AS VARCHAR)"
        kind = f"words_{len(self._kinds)}"
        quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in field.values)
        self.connection.execute(f"CREATE TYPE {kind} AS ENUM ({quoted})")
        self._kinds.append(kind)
        found = f"CAST(enum_code(TRY_CAST(nfc_normalize(CAST({column} AS VARCHAR)) AS {kind})) AS INTEGER)"
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE coalesce({found}, -1) END"

    def _checked(self, fits: bool, name: str, kind: str, needed: str, expression: str) -> str:
        if not fits:
            raise self._wrong(name, kind, needed)
        return expression

    def _wrong(self, name: str, kind: str, needed: str) -> NotAColumn:
        return NotAColumn(f"{self.path}: the column {name} is {kind}; {needed} is needed (see `suchang rules schema`)")

    def _chunk(self, array: Any, before: int) -> Chunk:
        children, count = list(array.view().children), int(array.length)
        facts: dict[str, Flat | Lists] = {}
        bad: list[Bad] = []
        for place in self.places:
            fact, child = place.fact, children[place.column]
            if fact.is_list:
                whole = None
                if place.complete is not None:
                    flag = flat_of(children[place.complete], count, Type.BOOL)
                    whole = flag.values if flag.known is None else flag.values | ~flag.known
                facts[fact.name] = self._lists(child, count, place, whole, bad)
            else:
                flat = flat_of(child, count, fact.type, words=self._words.get((fact.name, None)))
                facts[fact.name] = flat
                bad += _wrong_values(flat, fact, fact.name, None)
        extra = {fact.name: one for fact in self.extra if isinstance(one := facts[fact.name], Flat)}
        if bad and not self.skip:
            worst = min(bad)
            where = f"row {before + worst.place + 1}, column {worst.column}"
            raise NotAColumn(f"{self.path}: {where}: {worst.what}; correct it or skip the row")
        facts_of = partial(facts_at, self.places, children)
        return Chunk(count, children[0], facts, before, extra, facts_of, tuple(bad), array)

    def _lists(self, child: Any, count: int, place: Place, whole: Bits | None, bad: list[Bad]) -> Lists:
        fact = place.fact
        first, rows = items_of(child, count)
        inner, total = next(iter(child.children)), len(rows)
        parts = [inner] if fact.type is Type.CODES else list(inner.children)
        # A struct that is null as a whole has only unknown fields.
        outer = None if fact.type is Type.CODES else bitmap_of(inner, total, first)
        fields = {}
        for field, part in zip(place.fields, parts, strict=False):
            flat = flat_of(part, total, field.type, first, self._words.get((fact.name, field.name)))
            if outer is not None:
                flat = Flat(flat.values, outer if flat.known is None else flat.known & outer)
            fields[field.name] = flat
            bad += _wrong_values(flat, field, f"{fact.name}.{field.name}", rows)
        return Lists(rows, fields, bitmap_of(child, count), whole)


def _wrong_values(flat: Flat, field: Field, name: str, rows: Any) -> list[Bad]:
    """Find values outside an enumeration, and numbers that JSON or a decimal could not carry."""
    if field.type is Type.ENUM:
        wrong, what = flat.values == -1, "a value outside its enumeration"
    elif flat.values.dtype.itemsize < _WIDEST:
        # The file's own statistics say that all are small (``ParquetPeople._width``).
        return []
    elif field.type is Type.INTEGER:
        wrong, what = (flat.values > MAX_INTEGER) | (flat.values < -MAX_INTEGER), "a whole number of over 2^53"
    elif field.type is Type.DECIMAL:
        wrong, what = flat.values == _TOO_LARGE, "a number that no decimal of 18 digits holds"
    else:
        return []
    if flat.known is not None:
        wrong = wrong & unpack(flat.known, len(wrong))
    places = np.flatnonzero(wrong)
    people = places if rows is None else rows[places]
    return [Bad(place, name, what) for place in people.tolist()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _struct_members(kind: str) -> dict[str, str] | None:
    """Read ``STRUCT(a VARCHAR, b DATE)``; None for another type."""
    if not kind.startswith("STRUCT(") or not kind.endswith(")"):
        return None
    members, depth, start = {}, 0, 0
    body = kind[len("STRUCT(") : -1] + ","
    for place, letter in enumerate(body):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            name, _, rest = body[start:place].strip().partition(" ")
            members[name.strip('"')] = rest.strip()
            start = place + 1
    return members
