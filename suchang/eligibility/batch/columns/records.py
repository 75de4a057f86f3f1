"""Columns from single records: for CSV and JSON Lines, and for tests that compare the back ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np

from suchang.eligibility.batch.columns.layout import TEXTS, Layout
from suchang.eligibility.batch.columns.packed import Columns, Flat, Lists, pack
from suchang.eligibility.pack.model import Fact, Field, Type
from suchang.eligibility.pack.values import NAN
from suchang.eligibility.single.record import Record

_EPOCH = date(1970, 1, 1).toordinal()


def columns_of_records(layout: Layout, ids: Sequence[str], records: Sequence[Record]) -> Columns:
    """Turn records of the layout's pack into columns."""
    facts: dict[str, Flat | Lists] = {}
    for fact in layout.facts:
        slot = records[0].layout.slots[fact.name] if records else 0
        if fact.is_list:
            lists = [record.values[slot] for record in records]
            facts[fact.name] = _lists(layout, fact, lists, [record.values[slot + 1] for record in records])
        else:
            facts[fact.name] = _flat(fact, layout.dictionary(fact.name, None), [r.values[slot] for r in records])
    return Columns(len(records), list(ids), facts)


def _flat(field: Field, words: Any, values: list[Any]) -> Flat:
    present = np.array([value is not None and value is not NAN for value in values], dtype=np.bool_)
    known = None if present.all() else pack(present)
    if field.type is Type.BOOL:
        return Flat(pack(np.array([value is True for value in values], dtype=np.bool_)), known)
    convert: Callable[[Any], int] = int
    if field.type in TEXTS:
        convert = lambda word: words.get(word, -1)  # noqa: E731
    elif field.type is Type.DATE:
        convert = lambda day: int(day) - _EPOCH  # noqa: E731
    numbers = [convert(value) if there else 0 for value, there in zip(values, present, strict=True)]
    return Flat(np.array(numbers, dtype=np.int32 if field.type in TEXTS else np.int64), known)


def _lists(layout: Layout, fact: Fact, lists: list[Any], complete: list[Any]) -> Lists:
    known = np.array([each is not None for each in complete], dtype=np.bool_)
    whole = np.array([each is not False for each in complete], dtype=np.bool_)
    # An incomplete list ends with one unknown item that stands for all that may follow, an unknown list is one.
    real = [
        items[:-1] if state is False else () if state is None else items
        for items, state in zip(lists, complete, strict=True)
    ]
    rows = np.repeat(np.arange(len(real)), [len(items) for items in real])
    flat = [item for items in real for item in items]
    names = {field.name: place for place, field in enumerate(fact.fields)}
    fields = {}
    for field in layout.fields[fact.name]:
        values = flat if fact.type is Type.CODES else [item[names[field.name]] for item in flat]
        fields[field.name] = _flat(field, layout.dictionary(fact.name, field.name), values)
    return Lists(rows, fields, None if known.all() else pack(known), None if whole.all() else pack(whole))
