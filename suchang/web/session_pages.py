"""What every room's modules ask for: a fresh CSRF token, also for a page that was kept by a phone for days."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask_wtf.csrf import generate_csrf

from suchang.web.auth import for_anyone

blueprint = Blueprint("session_pages", __name__)
blueprint.before_request(for_anyone())


@blueprint.get("/csrf")
def csrf() -> Response:
    """Give the CSRF token of this browser's session."""
    answer = jsonify(token=generate_csrf())
    answer.headers["Cache-Control"] = "no-store"
    return answer
