"""Strict marshmallow fields for catalogues and for the details of a redemption: no value is coerced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

_MONEY = re.compile(r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?\Z")
_DURATION = re.compile(r"P(?:([1-9][0-9]{0,3})D|T([1-9][0-9]{0,3})H|T([1-9][0-9]{0,3})M)\Z")


class Whole(fields.Integer):
    """An integer, never a float, a string or a boolean."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int:
            raise ValidationError("Not a whole number.")
        number: int = super()._deserialize(value, attr, data, **kwargs)
        return number


class Flag(fields.Field[bool]):
    """true or false, nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return value


class Fen(fields.Field[int]):
    """An amount above zero as a string in CNY such as ``"7500.00"``, read as fen."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not isinstance(value, str) or not _MONEY.match(value):
            raise ValidationError('Not an amount: write CNY as a string such as "7500.00".')
        yuan, _, cents = value.partition(".")
        fen = int(yuan) * 100 + int(cents.ljust(2, "0"))
        if fen == 0:
            raise ValidationError("The amount must be above zero.")
        return fen


class Duration(fields.Field[timedelta]):
    """An ISO 8601 duration of days, hours or minutes: ``P30D``, ``PT1H``, ``PT90M``."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> timedelta:
        match = _DURATION.match(value) if isinstance(value, str) else None
        if match is None:
            raise ValidationError("Not a duration: write P30D, PT1H or PT90M.")
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)


def code_of(codes: type[StrEnum], **options: Any) -> fields.Enum[Any]:
    """Return a field that takes one of the values of a StrEnum."""
    return fields.Enum(codes, by_value=True, **options)


class Strict(Schema):
    """A schema that refuses unknown fields (marshmallow's default) and keeps the order of its fields."""


class Details(Strict):
    """The details of a redemption; every field carries ``metadata`` with a label in ``zh`` and ``en``."""


def pattern(regexp: str, hint: str, *, zh: str, en: str, required: bool = True) -> fields.String:
    """Return a detail of text that matches a whole pattern; ``hint`` is the message when it doesn't."""
    return fields.String(
        required=required,
        validate=validate.Regexp(rf"(?:{regexp})\Z", error=hint),
        metadata={"zh": zh, "en": en},
    )


def choice(*choices: str, zh: str, en: str, default: str | None = None) -> fields.String:
    """Return a detail that is one of a few codes; with a default it may be left out."""
    words, known = {"zh": zh, "en": en}, validate.OneOf(choices)
    if default is None:
        return fields.String(required=True, validate=known, metadata=words)
    return fields.String(load_default=default, validate=known, metadata=words)


def day(*, zh: str, en: str) -> fields.Date:
    """Return a detail that is a calendar day (ISO 8601)."""
    return fields.Date(required=True, metadata={"zh": zh, "en": en})


def money(*, zh: str, en: str) -> Fen:
    """Return a detail that is an amount in CNY."""
    return Fen(required=True, metadata={"zh": zh, "en": en})


def count(least: int, most: int, *, zh: str, en: str) -> Whole:
    """Return a detail that is a number of things or people."""
    return Whole(least=least, most=most, required=True, metadata={"zh": zh, "en": en})
