"""Request bodies of identity and employers."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, text
from suchang.api.schemas import IdentityBody


class MeBody(Body):
    """Who somebody is."""

    name = text(max_length=60)
    identity = fields.Nested(IdentityBody, required=True)
    city = text(max_length=6, required=False)
    language = fields.String(validate=validate.OneOf(["zh", "en"]))


class EmailBody(Body):
    """An address for messages; null forgets it."""

    email = text(max_length=254, allow_none=True)


class ContactBody(Body):
    """The phone of the person who shall speak for an employer."""

    phone = text(max_length=24)


class EmploymentBody(Body):
    """An employer's answer on an application."""

    employed = StrictBoolean(required=True)
    reason = text(max_length=2000, required=False, load_default="")


class CardNumberBody(Body):
    """A card by its number."""

    number = text(max_length=20)
