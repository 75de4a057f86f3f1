"""Request bodies that several doors share."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, text
from suchang.domain.lifecycle.cards import REISSUES
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


class CredentialBody(Body):
    """Which kind of code is wanted."""

    assurance = fields.String(required=True, validate=validate.OneOf(["device", "online", "print"]))
    device = text(max_length=40, required=False)
    renew = fields.Boolean(load_default=False)


class ReplacementBody(Body):
    """Why a card is replaced: lost or damaged."""

    because = fields.String(required=True, validate=validate.OneOf(sorted(one.value for one in REISSUES)))
    reason = text(max_length=2000)
