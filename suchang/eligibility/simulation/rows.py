"""Read people from Parquet, CSV or JSON Lines, one after another, in constant memory.

The columns are those of the batch contract: ``id``, one column a fact, ``<fact>__complete`` for lists that may hold
more. Null, an absent column and an empty CSV cell mean unknown.
In JSON Lines a person without ``id`` is called by the number of the line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from suchang.domain.errors import FieldProblem, Invalid
from suchang.eligibility.errors import FactsInvalid
from suchang.eligibility.facts_json import read_json
from suchang.eligibility.pack.model import Fact, Type

FETCH = 8192
COMPLETE = "__complete"
Person = tuple[str, Mapping[str, Any]]


class PeopleUnreadable(Invalid):
    """A file with people can't be read."""

    slug = "people_unreadable"


@dataclass(frozen=True)
class Rows:
    """People of a file: how many (None when only reading tells), the facts that have no column, and the reader."""

    count: int | None
    missing: tuple[str, ...]
    read: Callable[[], Iterator[Person]]


def open_rows(path: Path, facts: Mapping[str, Fact], *, ignore_unknown: bool = False, lenient: bool = False) -> Rows:
    """Open a file by its ending: .parquet, .csv, .jsonl or .ndjson.

    With ``lenient`` a cell of a CSV that is none of its type stays a text, for the engine to refuse with its person.
    """
    if not path.is_file():
        raise PeopleUnreadable(f"there is no file {path}")
    match path.suffix.lower():
        case ".parquet":
            return _table(path, "read_parquet(?)", facts, ignore_unknown, _parquet_value)
        case ".csv":
            source = "read_csv(?, all_varchar=true, header=true, nullstr='', quote='\"', escape='\"', strict_mode=true)"
            return _table(path, source, facts, ignore_unknown, _lenient_csv_value if lenient else _csv_value)
        case ".jsonl" | ".ndjson":
            return Rows(None, (), lambda: _json_lines(path, facts, ignore_unknown))
    raise PeopleUnreadable(f"{path.name}: people come as .parquet, .csv or .jsonl")


def _table(
    path: Path,
    source: str,
    facts: Mapping[str, Fact],
    ignore_unknown: bool,
    convert: Callable[[Fact, Any], Any],
) -> Rows:
    try:
        with duckdb.connect() as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM {source}", [str(path)]).fetchall()  # noqa: S608
            columns = [str(name) for name, *_ in described]
            _check_columns(path, columns, facts, ignore_unknown)
            (count,) = connection.execute(f"SELECT count(*) FROM {source}", [str(path)]).fetchone() or (0,)  # noqa: S608
    except duckdb.Error as error:
        raise PeopleUnreadable(f"{path}: {_first_line(error)}") from None
    missing = tuple(name for name in facts if name not in columns)
    return Rows(int(count), missing, lambda: _people(path, source, columns, facts, convert))


def _people(
    path: Path,
    source: str,
    columns: Sequence[str],
    facts: Mapping[str, Fact],
    convert: Callable[[Fact, Any], Any],
) -> Iterator[Person]:
    wanted = [name for name in columns if name == "id" or name.removesuffix(COMPLETE) in facts]
    quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in wanted)
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        cursor = connection.execute(f"SELECT {quoted} FROM {source}", [str(path)])  # noqa: S608
        number = 0
        while several := _fetch(cursor, path):
            for row in several:
                number += 1
                yield _person(path, number, dict(zip(wanted, row, strict=True)), facts, convert)


def _fetch(cursor: Any, path: Path) -> list[tuple[Any, ...]]:
    try:
        found: list[tuple[Any, ...]] = cursor.fetchmany(FETCH)
    except duckdb.Error as error:
        raise PeopleUnreadable(f"{path}: {_first_line(error)}") from None
    return found


def _check_columns(path: Path, columns: Collection[str], facts: Mapping[str, Fact], ignore_unknown: bool) -> None:
    if "id" not in columns:
        raise PeopleUnreadable(f"{path}: the column 'id' is missing")
    lists = {f"{name}{COMPLETE}" for name, fact in facts.items() if fact.is_list}
    extra = [name for name in columns if name != "id" and name not in facts and name not in lists]
    if extra and not ignore_unknown:
        raise PeopleUnreadable(
            f"{path}: the pack has no fact {extra[0]!r}; correct the column or use --ignore-unknown-facts"
        )


def _person(
    path: Path, number: int, row: dict[str, Any], facts: Mapping[str, Fact], convert: Callable[[Fact, Any], Any]
) -> Person:
    name = row.pop("id")
    if name is None:
        raise PeopleUnreadable(f"{path}: row {number} has no id")
    found: dict[str, Any] = {}
    for key, value in row.items():
        if value is None or key.endswith(COMPLETE):
            continue
        try:
            found[key] = convert(facts[key], value)
        except (ValueError, FactsInvalid):
            problem = FieldProblem(f"row {number}: {key}", f"{value!r} is not of type {facts[key].type}")
            raise FactsInvalid([problem]) from None
        if row.get(f"{key}{COMPLETE}") in (False, "false"):
            found[key] = {"items": found[key], "complete": False}
    return str(name), found


def _parquet_value(_fact: Fact, value: Any) -> Any:
    return value


def _csv_value(fact: Fact, text: str) -> Any:
    if fact.is_list:
        return read_json(text)
    match fact.type:
        case Type.BOOL:
            return {"true": True, "false": False}.get(text, text)
        case Type.INTEGER:
            return int(text)
        case _:
            return text


def _lenient_csv_value(fact: Fact, text: str) -> Any:
    try:
        return _csv_value(fact, text)
    except (ValueError, FactsInvalid):
        return text


def _json_lines(path: Path, facts: Mapping[str, Fact], ignore_unknown: bool) -> Iterator[Person]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = read_json(line, f"line {number}")
            if not isinstance(row, dict):
                raise PeopleUnreadable(f"{path}: line {number} is no object with the facts of a person")
            name = row.pop("id", str(number))
            if not isinstance(name, str):
                raise PeopleUnreadable(f"{path}: the id in line {number} is no text")
            if ignore_unknown:
                row = {key: value for key, value in row.items() if key in facts}
            yield name, row


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
