"""Request bodies that several rooms share: shape only, unknown fields refused, integers strict."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, text
from suchang.domain.people.identity import DocumentType

FACTS = {"keys": fields.String(validate=validate.Length(1, 60)), "values": fields.Raw(allow_none=True)}


def facts(*, required: bool) -> fields.Dict:
    """Make a field for a flat JSON object of facts; their names and types are the rule pack's business."""
    return fields.Dict(**FACTS, required=required, validate=validate.Length(max=200))  # type: ignore[arg-type]


class NothingBody(Body):
    """No fields."""


class ReasonBody(Body):
    """A written reason."""

    reason = text(max_length=2000)


class IdentityBody(Body):
    """An identity document by type and number."""

    type = fields.String(required=True, validate=validate.OneOf([one.value for one in DocumentType]))
    number = text(max_length=40)
