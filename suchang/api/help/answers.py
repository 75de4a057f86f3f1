"""Answers about service points."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, TwoLanguages, flag, many, one, string, whole


class Opening(Answer):
    """Days of the week and local times."""

    days = many(fields.Integer)
    opens = string()
    closes = string()


class ServicePoint(Answer):
    """A service point."""

    id = string()
    kind = string()
    name = one(TwoLanguages)
    city = string()
    address = string()
    longitude = fields.Float(required=True)
    latitude = fields.Float(required=True)
    domains = many(fields.String)
    languages = many(fields.String)
    hours = many(Opening)
    phone = string(null=True)
    open_now = flag(null=True)
    metres = whole(always=False)


class ServicePointsAnswer(Answer):
    """A page of service points."""

    items = many(ServicePoint)
    next = string(null=True)


class ClosedPointAnswer(Answer):
    """A service point that was closed."""

    id = string()
    closed = flag()
