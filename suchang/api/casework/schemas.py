"""Request bodies of officers' work with cases."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, integer, text
from suchang.domain.lifecycle import Outcome
from suchang.domain.vocabulary import PhraseKind


class VersionBody(Body):
    """The version of the case that the officer saw."""

    version = integer()


class SupplementBody(VersionBody):
    """Every missing document, at once."""

    documents = fields.List(text(max_length=120), required=True, validate=validate.Length(1, 30))
    reason = text(max_length=2000)


class ReviewBody(VersionBody):
    """A recommendation."""

    outcome = fields.Enum(Outcome, by_value=True, required=True)
    reason = text(max_length=2000, required=False, load_default="")
    tier = fields.String(validate=validate.OneOf("ABCDE"), load_default=None, allow_none=True)
    rule = text(max_length=40, required=False, load_default="")


class DecisionBody(ReviewBody):
    """A decision."""


class StepBody(Body):
    """A step with a case: reason where one is needed, whom it goes to, tier of a notice, objection, version seen."""

    reason = text(max_length=2000, required=False, load_default="")
    assignee = text(max_length=64, required=False, load_default=None)
    tier = fields.String(validate=validate.OneOf("ABCDE"), load_default=None, allow_none=True)
    objection = text(max_length=64, required=False, load_default=None)
    version = integer(required=False, load_default=None)


class CommentBody(Body):
    """A comment among officers."""

    text = text(max_length=4000)


class BulkItem(Body):
    """One case of a bulk approval, with the version that was seen."""

    id = text(max_length=64)
    version = integer(required=True)


class BulkBody(Body):
    """Several straightforward cases to approve."""

    items = fields.List(fields.Nested(BulkItem), required=True, validate=validate.Length(1, 50))
    reason = text(max_length=2000)


class DeputyBody(Body):
    """A leave: the deputy, the days, and whose leave it is when a supervisor enters it."""

    deputy = text(max_length=64)
    from_day = fields.Date(required=True, format="iso")
    until_day = fields.Date(required=True, format="iso")
    reason = text(max_length=500, required=False, load_default="")
    officer = text(max_length=64, required=False, load_default=None)


class ViewFilters(Body):
    """The filters of a view of the queue, as the queue itself takes them."""

    state = text(max_length=40, required=False)
    q = text(max_length=40, required=False)
    mine = fields.String(validate=validate.OneOf(["true"]))
    city = text(max_length=6, required=False)
    track = text(max_length=40, required=False)
    kind = text(max_length=40, required=False)
    due = fields.String(validate=validate.OneOf(["passed", "soon"]))


class ViewBody(Body):
    """A view of the queue to keep."""

    name = text(max_length=40)
    filters = fields.Nested(ViewFilters, required=True)


class PhraseBody(Body):
    """A ready-made phrase for reasons."""

    kind = fields.Enum(PhraseKind, by_value=True, required=True)
    zh = text(max_length=500)
    en = text(max_length=500)


class ObjectionBody(Body):
    """An objection to a public notice, with the sender's name and how to reach them."""

    message = text(max_length=4000, data_key="text")
    name = text(max_length=100)
    contact = text(max_length=200)
