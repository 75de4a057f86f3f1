"""The API document for people: drawn from the OpenAPI document, with nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    method: str
    path: str
    summary: str
    tag: str
    fields: tuple[tuple[str, str, bool], ...]


def operations(document: dict[str, Any]) -> list[Operation]:
    """List the operations of an OpenAPI document by audience, path and method."""
    found = [
        Operation(
            method.upper(),
            path,
            operation.get("summary", ""),
            (operation.get("tags") or ["other"])[0],
            tuple(_fields(document, operation)),
        )
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
        if method in METHODS
    ]
    return sorted(found, key=lambda one: (one.tag, one.path, one.method))


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolved(document, content.get("schema", {}))
    required = set(schema.get("required", []))
    for name, one in schema.get("properties", {}).items():
        yield name, _kind(document, one), name in required


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    schema = _resolved(document, schema)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        kind = " | ".join(kind)
    if kind == "array":
        return f"list of {_kind(document, schema.get('items', {}))}"
    return str(schema.get("format", kind))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    if not reference.startswith("#/components/schemas/"):
        return schema
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found
