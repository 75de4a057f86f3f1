"""``/policies``: the policies in plain words."""

from __future__ import annotations

from flask import render_template, request

from suchang.web.portal.frame import blueprint
from suchang.workflows.policy.directory import policies


@blueprint.get("/policies")
def policy_directory() -> str:
    """Show the policies in plain words."""
    text = request.args.get("q", "")[:60]
    return render_template("portal/policy/policies.html", entries=policies(text=text), text=text)
