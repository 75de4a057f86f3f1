"""Request bodies of applications and their evidence."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, text
from suchang.api.schemas import facts


class PrecheckBody(Body):
    """Facts to determine by."""

    facts = facts(required=True)


class ApplicationBody(Body):
    """A new application."""

    city = text(max_length=6)
    employer = text(max_length=18, required=False, allow_none=True, load_default=None)
    facts = facts(required=False)


class EvidenceBody(Body):
    """A piece of evidence: a title and the facts that it proves."""

    title = text(max_length=120)
    facts = facts(required=True)


class CheckedBody(Body):
    """Where a piece of evidence was checked, how, which of its facts (default: all), and until when that holds."""

    source = text(max_length=200)
    how = fields.String(validate=validate.OneOf(["original", "register", "employer", "seal"]), load_default="original")
    facts = fields.List(text(max_length=80), load_default=None, allow_none=True, validate=validate.Length(1, 100))
    holds_until = fields.Date(format="iso", load_default=None, allow_none=True)
