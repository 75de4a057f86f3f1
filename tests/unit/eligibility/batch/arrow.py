"""Write people as Parquet with pyarrow, an independent writer, in the schema of the batch contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from suchang.eligibility import Pack, Type
from suchang.eligibility.pack.model import Fact, Field

OPEN = date(9999, 12, 31)


def arrow_type(field: Field) -> pa.DataType:
    """Return the Arrow type of a scalar."""
    match field.type:
        case Type.BOOL:
            return pa.bool_()
        case Type.INTEGER:
            return pa.int64()
        case Type.DECIMAL:
            return pa.decimal128(18, 4)
        case Type.DATE:
            return pa.date32()
        case _:
            return pa.string()


def column_type(fact: Fact) -> pa.DataType:
    """Return the Arrow type of a fact's column."""
    if fact.type is Type.CODES:
        return pa.list_(pa.string())
    if fact.type is Type.RECORDS:
        return pa.list_(pa.struct([(field.name, arrow_type(field)) for field in fact.fields]))
    return arrow_type(fact)


def arrow_value(field: Field, value: Any) -> Any:
    """Turn a JSON value into what pyarrow takes."""
    if value is None:
        return None
    match field.type:
        case Type.DECIMAL:
            return Decimal(str(value)).quantize(Decimal("0.0001"))
        case Type.DATE:
            return OPEN if value == "open" else date.fromisoformat(value)
        case _:
            return value


def column_value(fact: Fact, value: Any) -> Any:
    """Turn a fact's JSON value into what pyarrow takes; incomplete lists give their items."""
    if value is None or not fact.is_list:
        return arrow_value(fact, value)
    items = value["items"] if isinstance(value, Mapping) else value
    if fact.type is Type.CODES:
        return items
    return [
        None if item is None else {field.name: arrow_value(field, item.get(field.name)) for field in fact.fields}
        for item in items
    ]


def write_people(path: Path, pack: Pack, people: Sequence[Mapping[str, Any]], *, group: int = 8) -> None:
    """Write people; their ids are p0, p1, …; small row groups make a small file have several."""
    columns: dict[str, Any] = {"id": pa.array([f"p{number}" for number in range(len(people))])}
    for fact in pack.facts.values():
        values = [column_value(fact, person.get(fact.name)) for person in people]
        columns[fact.name] = pa.array(values, column_type(fact))
        if fact.is_list:
            whole = [_is_whole(person.get(fact.name)) for person in people]
            columns[f"{fact.name}__complete"] = pa.array(whole)
    pq.write_table(pa.table(columns), path, row_group_size=group)


def _is_whole(value: Any) -> bool:
    return not isinstance(value, Mapping) or value.get("complete", True) is not False
