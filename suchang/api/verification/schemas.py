"""Request bodies of verification."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, text


class VerificationBody(Body):
    """A presentation to verify for a purpose."""

    presentation = fields.String(required=True, validate=validate.Length(min=1))
    purpose = text(max_length=40)
    presented_at = fields.AwareDateTime(load_default=None, allow_none=True)
    challenge = text(max_length=22, required=False, load_default=None, allow_none=True)
