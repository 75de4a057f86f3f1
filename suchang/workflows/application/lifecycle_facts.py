"""Store the lifecycle's facts as JSON and read them back, field by field from their declared types."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Write frozen dataclasses of texts, numbers, dates, enums, sets and one another as JSON, defaults too."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(to_json(one) for one in value)
    return value


def from_json(kind: type[T], data: Any) -> T:
    """Read what ``to_json`` wrote; a field that is not stored yet takes its default, so that facts may grow."""
    return typing.cast(T, _read(kind, data))


def _read(kind: Any, data: Any) -> Any:
    if isinstance(kind, typing.NewType):
        kind = kind.__supertype__
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = next(one for one in typing.get_args(kind) if one is not type(None))
        return None if data is None else _read(inner, data)
    if origin is frozenset:
        return frozenset(_read(typing.get_args(kind)[0], one) for one in data)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return typing.cast(Any, kind)(**{n: _read(hints[n], v) for n, v in data.items() if n in hints})
    if isinstance(kind, type) and issubclass(kind, date):
        return date.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(data)
    return data
