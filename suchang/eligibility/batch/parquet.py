"""Columns straight from a Parquet file: DuckDB reads and casts, Arrow's buffers are used as they come.

Texts become dictionary numbers inside DuckDB (an ENUM cast is one hash look-up), decimals become integers, and bitmaps
of booleans and of missing values are already packed as the kernel wants them. Chunks are DuckDB's own, some 100,000
people each, so that memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import nanoarrow
import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columns import Bits, Columns, Flat, Lists, pack, unpack, width
from suchang.eligibility.batch.layout import Layout, NotAColumn
from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.model import Fact, Field, Type
from suchang.eligibility.reader import MAX_INTEGER
from suchang.eligibility.values import SCALE

COMPLETE = "__complete"
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
_FLOATS = frozenset({"FLOAT", "DOUBLE"})
_EARLY, _LATE = date(1, 1, 1), OPEN_END


def chunks_of_parquet(
    path: Path, layout: Layout, *, extra: tuple[str, ...] = (), threads: int | None = None
) -> Iterator[tuple[Columns, Mapping[str, Flat]]]:
    """Read a Parquet file for a layout, chunk by chunk in the order of its rows.

    ``extra`` names enumerations that are wanted beside what the layout looks at, for example the city. Raises
    ``NotAColumn`` for a column of another type, and for the first value that is not of its type, with its row.
    """
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        if threads is not None:
            connection.execute("SET threads = ?", [threads])
        reader = _Reader(connection, path, layout, extra)
        try:
            yield from reader.chunks()
        except duckdb.Error as error:
            raise NotAColumn(f"{path}: {str(error).strip().splitlines()[0]}") from None


class _Reader:
    """One reading of one file."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout, extra: tuple[str, ...]
    ) -> None:
        self.connection, self.path, self.layout = connection, path, layout
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

    def chunks(self) -> Iterator[tuple[Columns, Mapping[str, Flat]]]:
        """Give the chunks."""
        wanted = ['CAST("id" AS VARCHAR) AS id']
        for number, fact in enumerate(self.facts):
            wanted.append(f"{self._sql(fact)} AS f{number}")
            if fact.is_list and fact.name + COMPLETE in self.types:
                wanted.append(f"{_quoted(fact.name + COMPLETE)} AS c{number}")
        query = f"SELECT {', '.join(wanted)} FROM read_parquet($path)"  # noqa: S608 - names are quoted
        done = 0
        for array in nanoarrow.c_array_stream(self.connection.sql(query, params={"path": str(self.path)})):
            columns, extra = self._chunk(array, done)
            done += columns.count
            yield columns, extra

    def _sql(self, fact: Fact) -> str:
        column, kind = _quoted(fact.name), self.types[fact.name]
        if not fact.is_list:
            return self._cast(column, kind, fact, fact.name, None)
        if not kind.endswith("[]"):
            raise self._wrong(fact.name, kind, "a list")
        inner = kind[:-2]
        if fact.type is Type.CODES:
            return f"list_transform({column}, lambda v: {self._cast('v', inner, fact.fields[0], fact.name, '')})"
        members = _struct_members(inner)
        if members is None:
            raise self._wrong(fact.name, kind, "a list of structs")
        pairs = [
            f"'{place}': {self._cast(f'v.{_quoted(field.name)}', members[field.name], field, fact.name, field.name)}"
            for place, field in enumerate(self.layout.fields.get(fact.name, ()))
            if field.name in members
        ]
        return f"list_transform({column}, lambda v: {{{', '.join(pairs) or repr('none') + ': 0'}}})"

    def _cast(self, column: str, kind: str, field: Field, fact: str, inner: str | None) -> str:
        name = fact if inner in (None, "") else f"{fact}.{inner}"
        match field.type:
            case Type.BOOL:
                return self._checked(kind == "BOOLEAN", name, kind, "BOOLEAN", column)
            case Type.INTEGER:
                return self._checked(kind in _INTEGERS, name, kind, "an integer type", f"CAST({column} AS BIGINT)")
            case Type.DECIMAL:
                fits = kind in _INTEGERS or kind in _FLOATS or kind.startswith("DECIMAL")
                exact = f"CAST(CAST({column} AS DECIMAL(18,4)) * {SCALE} AS BIGINT)"
                return self._checked(fits, name, kind, "DECIMAL(18,4)", exact)
            case Type.DATE:
                return self._checked(kind == "DATE", name, kind, "DATE", column)
            case _:
                text = kind == "VARCHAR" or kind.startswith("ENUM")
                return self._checked(text, name, kind, "VARCHAR", self._place(column, fact, inner))

    def _place(self, column: str, fact: str, inner: str | None) -> str:
        """Number a text by the layout's dictionary: NULL stays, any other text is -1."""
        words = self.layout.dictionary(fact, inner)
        if not words and inner is None:
            field = self.layout.pack.facts[fact]
            words = {word: place for place, word in enumerate(field.values)}
        if not words:
            return f"CASE WHEN {column} IS NULL THEN NULL ELSE -1 END"
        kind = f"words_{len(self._kinds)}"
        quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
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

    def _chunk(self, array: Any, before: int) -> tuple[Columns, Mapping[str, Flat]]:
        view = array.view()
        children, count = list(view.children), int(array.length)
        places = iter(range(1, len(children)))
        facts: dict[str, Flat | Lists] = {}
        for fact in self.facts:
            child = children[next(places)]
            if fact.is_list:
                whole = None
                if fact.name + COMPLETE in self.types:
                    flag = _flat(children[next(places)], count, Type.BOOL)
                    whole = flag.values if flag.known is None else flag.values | ~flag.known
                facts[fact.name] = self._lists(child, count, fact, whole, before)
            else:
                facts[fact.name] = self._valid(_flat(child, count, fact.type), fact, fact.name, count, before)
        extra = {fact.name: one for fact in self.extra if isinstance(one := facts[fact.name], Flat)}
        return Columns(count, array.child(0), facts), extra

    def _lists(self, child: Any, count: int, fact: Fact, whole: Bits | None, before: int) -> Lists:
        known = _bitmap(child, count)
        offsets = _buffer(child, 1, np.int32)[child.offset : child.offset + count + 1].astype(np.int64)
        inner = next(iter(child.children))
        first, total = int(offsets[0]), int(offsets[-1] - offsets[0])
        rows = np.repeat(np.arange(count), np.diff(offsets))
        parts = [inner] if fact.type is Type.CODES else list(inner.children)
        names = self.layout.fields.get(fact.name, ())
        if fact.type is not Type.CODES:
            members = _struct_members(self.types[fact.name][:-2]) or {}
            names = tuple(field for field in names if field.name in members)
        # A struct that is null as a whole has only unknown fields.
        outer = None if fact.type is Type.CODES else _bitmap(inner, total, start=first)
        fields = {}
        for field, part in zip(names, parts, strict=False):
            flat = _flat(part, total, field.type, start=first)
            if outer is not None:
                flat = Flat(flat.values, outer if flat.known is None else flat.known & outer)
            fields[field.name] = self._valid(flat, field, f"{fact.name}.{field.name}", total, before)
        return Lists(rows, fields, known, whole)

    def _valid(self, flat: Flat, field: Field, name: str, count: int, before: int) -> Flat:
        """Refuse values outside an enumeration, and integers that JSON could not carry."""
        if field.type is Type.ENUM:
            bad = flat.values == -1
        elif field.type is Type.INTEGER:
            bad = (flat.values > MAX_INTEGER) | (flat.values < -MAX_INTEGER)
        else:
            return flat
        if flat.known is not None:
            bad = bad & unpack(flat.known, count)
        if bad.any():
            row = before + int(np.argmax(bad)) + 1
            what = "value outside its enumeration" if field.type is Type.ENUM else "whole number of over 2^53"
            raise NotAColumn(f"{self.path}: row {row}, column {name}: a {what}; correct it or skip the row")
        return flat


def _flat(child: Any, count: int, kind: Type, start: int = 0) -> Flat:
    known = _bitmap(child, count, start=start)
    begin = int(child.offset) + start
    if kind is Type.BOOL:
        return Flat(_bits(np.frombuffer(child.buffer(1), np.uint8), begin, count), known)
    dtype = {Type.INTEGER: np.int64, Type.DECIMAL: np.int64}.get(kind, np.int32)
    return Flat(_buffer(child, 1, dtype)[begin : begin + count], known)


def _buffer(child: Any, place: int, dtype: Any) -> NDArray[Any]:
    raw = child.buffer(place)
    return np.frombuffer(raw, dtype) if memoryview(raw) else np.zeros(0, dtype)


def _bitmap(child: Any, count: int, start: int = 0) -> Bits | None:
    if child.null_count == 0 or child.buffer(0) is None or len(memoryview(child.buffer(0))) == 0:
        return None
    return _bits(np.frombuffer(child.buffer(0), np.uint8), int(child.offset) + start, count)


def _bits(raw: NDArray[np.uint8], begin: int, count: int) -> Bits:
    """Give ``count`` bits from the bit ``begin`` on; shared memory where they begin with a byte."""
    if begin % 8 == 0:
        return raw[begin // 8 : begin // 8 + width(count)]
    return pack(np.unpackbits(raw, bitorder="little")[begin : begin + count].view(np.bool_))


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
