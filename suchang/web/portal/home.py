"""``/``: what the card is."""

from __future__ import annotations

from flask import render_template

from suchang.web.auth import collaborators
from suchang.web.portal import jiangsu_map
from suchang.web.portal.frame import blueprint
from suchang.web.words.domains import all_domains


@blueprint.get("/")
def home() -> str:
    """Show what the card is."""
    return render_template("portal/home.html", domains=all_domains(), map=jiangsu_map, limits=collaborators().limits)
