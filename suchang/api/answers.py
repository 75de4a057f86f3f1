"""What answers are made of: the base of their schemas, and short names for their fields.

The schemas tell outsiders what comes; they neither build nor filter it. Workflows have made the answer, and in the
tests a hook holds every answer against the document, so that nothing is dumped twice where every microsecond counts.
"""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields


class Answer(Schema):
    """The base of answers: a frozen dataclass or a mapping goes out as the workflow made it."""

    class Meta:
        """Leave answers room to grow: who reads one passes over what it does not know."""

        unknown = INCLUDE

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:  # noqa: ARG002 - the library's signature
        """Return the value as it is."""
        return obj


def string(*, null: bool = False, always: bool = True) -> fields.String:
    """Make a text field."""
    return fields.String(required=always, allow_none=null)


def whole(*, null: bool = False, always: bool = True) -> fields.Integer:
    """Make a field for a whole number."""
    return fields.Integer(required=always, allow_none=null)


def flag(*, null: bool = False, always: bool = True) -> fields.Boolean:
    """Make a field for true or false."""
    return fields.Boolean(required=always, allow_none=null)


def moment(*, null: bool = False, always: bool = True) -> fields.AwareDateTime:
    """Make a field for an instant (RFC 3339, UTC)."""
    return fields.AwareDateTime(required=always, allow_none=null)


def day(*, null: bool = False, always: bool = True) -> fields.Date:
    """Make a field for a date."""
    return fields.Date(required=always, allow_none=null)


def one(schema: type[Schema], *, null: bool = False, always: bool = True) -> fields.Nested:
    """Make a field for an object."""
    return fields.Nested(schema, required=always, allow_none=null)


def many(what: type[Schema] | type[fields.String] | type[fields.Integer], *, always: bool = True) -> fields.List[Any]:
    """Make a field for a list of objects or of simple values."""
    inner = fields.Nested(what) if issubclass(what, Schema) else what()
    return fields.List(inner, required=always)


def mapping(*, always: bool = True) -> fields.Dict:
    """Make a field for an object whose names are data: facts, details of a benefit."""
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=always)


class TwoLanguages(Answer):
    """A text in Chinese and in English."""

    zh = string()
    en = string()


class IdAnswer(Answer):
    """The identifier of what was made."""

    id = string()
