"""``/docs``: the API for people, drawn from the same OpenAPI document that programs read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from suchang.web.auth import for_anyone
from suchang.web.reference.openapi import Operation, operations

blueprint = Blueprint("reference", __name__, template_folder="templates")
blueprint.before_request(for_anyone())
DOCUMENT = "suchang_openapi"
"""The extension under which the composition root leaves a function that gives the OpenAPI document."""


@blueprint.get("/docs")
def docs() -> str:
    """Show every operation with its body, by audience."""
    document: dict[str, Any] = current_app.extensions[DOCUMENT]()
    found = operations(document)
    groups: dict[str, list[Operation]] = {}
    for tag in document.get("tags", []):
        own = [one for one in found if one.tag == tag["name"]]
        if own:
            groups.setdefault(tag.get("description") or tag["name"], []).extend(own)
    return render_template("reference/docs.html", groups=groups)
