"""``/docs``: the API for people, drawn from the same OpenAPI document that programs read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from suchang.web.auth import for_anyone
from suchang.web.reference.openapi import operations

blueprint = Blueprint("reference", __name__, template_folder="templates")
blueprint.before_request(for_anyone())
DOCUMENT = "suchang_openapi"
"""The extension under which the composition root leaves a function that gives the OpenAPI document."""


@blueprint.get("/docs")
def docs() -> str:
    """Show every operation with its body, by audience."""
    document: dict[str, Any] = current_app.extensions[DOCUMENT]()
    found = operations(document)
    audiences = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    groups = [(tag, text, [one for one in found if one.tag == tag]) for tag, text in audiences.items()]
    return render_template("reference/docs.html", groups=[group for group in groups if group[2]])
