"""How request bodies and queries become checked values: strict JSON, marshmallow, field problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser

from suchang.domain.errors import FieldProblem, Invalid, Malformed
from suchang.domain.strict_json import Fractions, JsonRefused, StrictJson

_BODY = StrictJson("body", max_size=256 * 1024, max_depth=24, max_digits=19, fractions=Fractions.FLOAT)


def flatten(messages: Any, path: str = "") -> Iterator[FieldProblem]:
    """Turn marshmallow's nested messages into flat field problems with paths such as ``facts.awards[0].date``."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            step = f"[{key}]" if isinstance(key, int) else str(key)
            joined = path + step if isinstance(key, int) or not path else f"{path}.{step}"
            yield from flatten(value, path if step == "_schema" else joined)
    elif isinstance(messages, list):
        for one in messages:
            yield from flatten(one, path)
    else:
        yield FieldProblem(path or "body", str(messages))


class StrictParser(FlaskParser):
    """Read JSON bodies with ``suchang.domain.strict_json`` and refuse unknown fields everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - the library's declarative interface
        **dict.fromkeys(("json", "form", "query", "json_or_form"), RAISE),
        "headers": None,
        "cookies": None,
        "files": None,
    }

    def parse(self, argmap: Any, req: Request | None = None, *, location: str | None = None, **how: Any) -> Any:
        """Read a request with a schema; a JSON body that fits it at once, without the general way's detours."""
        if location == "json" and isinstance(argmap, Schema):
            with suppress(ValidationError):
                return argmap.load(self.load_json(req or self.get_default_request(), argmap), unknown=RAISE)
        return super().parse(argmap, req, location=location, **how)

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 - the library's signature
        """Read the body; an empty one counts as an empty object, so that missing fields are named."""
        body = req.get_data(cache=True)
        if not body:
            return {}
        if req.mimetype not in ("application/json", ""):
            raise Malformed("Send the body as application/json.", code="unsupported_media_type")
        try:
            value = _BODY.read(body)
        except JsonRefused as error:
            raise Malformed(error.sentence, code=error.code) from None
        if not isinstance(value, dict):
            raise Malformed("The body must be a JSON object.")
        return value

    def handle_error(self, error: ValidationError, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Name every bad field in one answer."""
        messages = error.messages
        if isinstance(messages, dict) and len(messages) == 1:
            messages = next(iter(messages.values()))
        found = tuple(flatten(messages))[:50]
        named = ", ".join(one.field for one in found[:5])
        raise Invalid(f"Some fields are wrong: {named}.", code="invalid_fields", errors=found)


class Blueprint(SmorestBlueprint):
    """A flask-smorest blueprint that parses strictly."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, **how: Any) -> Any:
        """Take a schema for a route; it is made once, because making one costs more than reading with it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **how)


class Body(Schema):
    """The base of request schemas: unknown fields are refused."""

    class Meta:
        """Refuse what is not known, keep the declared order."""

        unknown = RAISE


def text(*, max_length: int = 200, required: bool = True, **more: Any) -> fields.String:
    """Make a text field with a length limit that strips nothing and allows no control characters."""
    from marshmallow import validate

    checks = [validate.Length(max=max_length), validate.Regexp(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*\Z")]
    if required:
        checks.insert(0, validate.Length(min=1))
    return fields.String(required=required, validate=checks, **more)


def integer(**more: Any) -> fields.Integer:
    """Make an integer field that takes neither ``"1"`` nor ``1.0`` nor ``true``."""
    return StrictInteger(strict=True, **more)


class StrictBoolean(fields.Boolean):
    """true or false, and nothing that counts as one of them elsewhere."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class StrictInteger(fields.Integer):
    """An integer that is written as one."""

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)
