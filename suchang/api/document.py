"""The OpenAPI document: what flask-smorest gathers from the routes, and what all operations have in common.

Nothing here changes what a route does. The audience of a blueprint says how one signs in, every refusal is a problem
document, and patterns are written as ECMA-262 reads them.
"""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask_smorest import Api

from suchang.api.document_parts import (
    AUDIENCES,
    FILES,
    FORM,
    JSON_TYPES,
    KEYED,
    METHODS,
    PROBLEM,
    QUERIES,
    REASONS,
    SAFE_INTEGER,
    SCHEMES,
    TAGS,
    UPLOADS,
)
from suchang.api.rooms import BLUEPRINTS

JSON_PROBLEM = "application/problem+json"
_DESCRIBING = threading.Lock()


class Documentation(Api):
    """The OpenAPI document; errors are ``problems``' business."""

    def _register_error_handlers(self) -> None:
        """Leave error handlers to ``api/problems.py``, the one place for them."""

    def _openapi_json(self) -> Any:
        return self._app.json.response(self.describe())

    def describe(self) -> dict[str, Any]:
        """Return the document."""
        # Threads may ask at the same time for the first time, and the library hands out its own parts.
        with _DESCRIBING:
            if not hasattr(self, "_described"):
                self._described = complete(self._app, copy.deepcopy(self.spec.to_dict()))
            return self._described


def complete(app: Flask, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with what the routes don't say themselves."""
    names: dict[str, dict[str, str]] = {_path(rule.rule): {} for rule in app.url_map.iter_rules()}
    for rule in app.url_map.iter_rules():
        for method in rule.methods or ():
            names[_path(rule.rule)][method.lower()] = rule.endpoint
    document["info"] |= {
        "description": "Verify and redeem Su Chang Cards, apply for one, and run the office that issues them.",
        "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    }
    document["servers"] = [{"url": app.extensions["suchang"].issuer, "description": "This installation"}]
    document["tags"] = [{"name": name, "description": sentence} for name, sentence in TAGS.items()]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                _operation(operation, names[path][method])
        for parameter in item.get("parameters", []):
            parameter.setdefault("description", _about(parameter["name"]))
    components = document["components"] = {
        "schemas": dict(sorted(document.get("components", {}).get("schemas", {}).items())),
        "responses": {"Problem": _problem("The request was refused; `code` is stable, `detail` is one sentence.")},
        "securitySchemes": SCHEMES,
    }
    components["schemas"] = {k: v for k, v in components["schemas"].items() if k not in ("Error", "PaginationMetadata")}
    components["schemas"]["Problem"] = PROBLEM
    _portable(document)
    return document


def _path(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _about(name: str) -> str:
    return f"The {name.replace('_', ' ').replace(' id', '')}: its identifier in this installation."


def _operation(operation: dict[str, Any], endpoint: str) -> None:
    """Complete one operation: its name, who may call it, its parameters and its refusals."""
    blueprint, _, name = endpoint.partition(".")
    operation["operationId"] = name
    _summary(operation, name)
    operation["security"] = [{scheme: []} for scheme in _security(blueprint, name)] or [{}]
    parameters = operation.setdefault("parameters", [])
    for query, sentence in QUERIES.get(name, {}).items():
        parameters.append({"in": "query", "name": query, "description": sentence, "schema": {"type": "string"}})
    if name in KEYED:
        parameters.append(_KEY)
    if not parameters:
        del operation["parameters"]
    if name in UPLOADS:
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in UPLOADS[name]}
        operation["requestBody"] = {"required": True, "content": content}
    if name == "grant_token":
        content = {"application/x-www-form-urlencoded": {"schema": FORM}}
        operation["requestBody"] = {"required": True, "content": content}
    _responses(operation, name, anyone=not _security(blueprint, name))


def _summary(operation: dict[str, Any], name: str) -> None:
    """Keep the whole sentence as the description, and its first part as a summary of a line."""
    sentence = operation.get("summary", name)
    operation["description"] = f"{sentence}\n\n{operation.get('description', '')}".strip()
    short = next((part for part in re.split(r"[:;,]", sentence) if part), name) if len(sentence) > 80 else sentence
    operation["summary"] = short.strip().rstrip(".")


_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "The same key and body give the same answer once, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def _security(blueprint: str, name: str) -> list[str]:
    if name == "grant_token":
        return ["clientSecret"]
    hooks = next(one for one in BLUEPRINTS if one.name == blueprint)
    return AUDIENCES[hooks.audience]


def _responses(operation: dict[str, Any], name: str, *, anyone: bool) -> None:
    found = operation.setdefault("responses", {})
    found.pop("default", None)
    for status in [status for status in found if not status.startswith("2")]:
        del found[status]
    for status, answer in found.items():
        answer["description"] = REASONS.get(status, "Done.")
    if name in JSON_TYPES:
        found["200"]["content"] = {JSON_TYPES[name]: found["200"]["content"]["application/json"]}
    if name in FILES:
        success = found.setdefault("200", {"description": "The file."})
        success.setdefault("content", {}).update(
            {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILES[name]}
        )
    refusals = {"404": "There is nothing at this address.", "429": "Too often."}
    if not anyone:
        refusals |= {"401": "Sign in first.", "403": "Not allowed."}
    if operation.get("requestBody"):
        refusals |= {"400": "The body can't be read.", "409": "Not in this state.", "422": "Some fields are wrong."}
    for status in sorted(refusals):
        found.setdefault(status, {"$ref": "#/components/responses/Problem"})
    if name == "readyz":
        found["503"] = {"description": "Not ready.", "content": found["200"]["content"]}
    found["default"] = {"$ref": "#/components/responses/Problem"}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {JSON_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _schemas(inner)


def _portable(document: dict[str, Any]) -> None:
    r"""Write schemas so that other languages read them alike.

    Patterns are those of ECMA-262: Python matches from the start and knows ``\Z``, others search. Whole numbers stay
    within what every JSON reader keeps.
    """
    for schema in _schemas(document):
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and not pattern.startswith("^"):
            schema["pattern"] = f"^(?:{pattern.removesuffix(chr(92) + 'Z')})$"
        if schema.get("type") in ("integer", ["integer", "null"]):
            schema.update({"format": "int64", "minimum": -SAFE_INTEGER, "maximum": SAFE_INTEGER} | schema)
        if schema.get("type") == "object" and not isinstance(schema.get("additionalProperties"), dict):
            schema.setdefault("properties", {})
