"""The API's document as a judge: every JSON answer that a test client receives is held against it.

``CheckedClient`` is the client of every application in the tests (``tests/conftest.py``). An answer whose operation or
status the document doesn't tell of, or whose fields are other than it says, fails the test that received it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

METHODS = ("get", "put", "post", "delete")


class Contract:
    """The document of one application."""

    def __init__(self, app: Flask) -> None:
        self._rules = app.url_map.bind("localhost")
        self._document = app.extensions["suchang_openapi"]()
        self._operations = {
            operation["operationId"]: operation
            for item in self._document["paths"].values()
            for method, operation in item.items()
            if method in METHODS
        }

    def fault(self, response: TestResponse) -> str | None:
        """Return what an answer has otherwise than the document says, in one sentence; None when all is well."""
        kind = (response.content_type or "").partition(";")[0]
        name = self._operation(response)
        if name is None or not kind.endswith("json") or not response.data:
            return None
        where = f"{response.request.method} {response.request.path} ({name}) answered {response.status_code}"
        told = self._schema(name, response.status_code, kind)
        if told is None:
            return f"{where} {kind}, of which the document does not tell."
        for error in jsonschema_rs.Draft202012Validator(
            {**told, "components": self._document["components"]}, validate_formats=True
        ).iter_errors(response.json):
            place = "/".join(str(step) for step in error.instance_path) or "the answer"
            return f"{where}: {place}: {error.message[:300]}"
        return None

    def _operation(self, response: TestResponse) -> str | None:
        try:
            endpoint, _ = self._rules.match(response.request.path, method=response.request.method)
        except HTTPException:
            return None
        name = str(endpoint).rpartition(".")[2]
        return name if name in self._operations and "." in str(endpoint) else None

    def _schema(self, name: str, status: int, kind: str) -> dict[str, Any] | None:
        responses = self._operations[name]["responses"]
        told = responses.get(str(status)) or responses["default"]
        if "$ref" in told:
            told = self._document["components"]["responses"][told["$ref"].rpartition("/")[2]]
        found: dict[str, Any] | None = told.get("content", {}).get(kind, {}).get("schema")
        return found


@cache
def contract_of(app: Flask) -> Contract:
    """Return the contract of an application; it is read once."""
    return Contract(app)


class CheckedClient(FlaskClient):
    """A test client that lets no answer pass that the document does not describe."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; raises AssertionError for an answer that breaks the contract."""
        response = super().open(*args, **kwargs)
        if "suchang_openapi" in self.application.extensions:
            fault = contract_of(self.application).fault(response)
            assert fault is None, fault
        return response
