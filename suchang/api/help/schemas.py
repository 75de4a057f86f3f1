"""Request bodies of service points."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, integer, text
from suchang.domain.help.service_points import PointKind


class OpeningBody(Body):
    """Days of the week (1 is Monday) and local times."""

    days = fields.List(integer(validate=validate.Range(1, 7)), required=True, validate=validate.Length(1, 7))
    opens = text(max_length=5)
    closes = text(max_length=5)


class ServicePointBody(Body):
    """A new service point; the place in degrees (WGS 84)."""

    kind = fields.Enum(PointKind, by_value=True, required=True)
    name_zh = text(max_length=80)
    name_en = text(max_length=120)
    city = text(max_length=6)
    address = text(max_length=200)
    longitude = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    latitude = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    domains = fields.List(text(max_length=40), load_default=list, validate=validate.Length(max=20))
    languages = fields.List(
        fields.String(validate=validate.OneOf(["zh", "en", "ja", "ko", "de", "fr"])), load_default=lambda: ["zh"]
    )
    hours = fields.List(fields.Nested(OpeningBody), load_default=list, validate=validate.Length(max=14))
    phone = text(max_length=24, required=False, load_default=None, allow_none=True)
    site_id = text(max_length=40, required=False, load_default=None, allow_none=True)
