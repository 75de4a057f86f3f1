"""``/design``: what the house is built from."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from flask import Blueprint, Response, render_template
from markupsafe import Markup

from suchang.web.auth import for_anyone
from suchang.web.console.policy.drafts import turn_name
from suchang.web.console.policy.flow import flow
from suchang.web.errors import error_page

blueprint = Blueprint("design", __name__, template_folder="templates")
blueprint.before_request(for_anyone())

SAMPLE_NUMBERS = (
    "SC7Q4M2K9TX3HD",
    "SC2M8RB4WQ0ZJE",
    "SC9D1HXN5T6KPA",
    "SC4V0CGY8E3WRM",
    "SC61JTPF2Q9NDB",
    "SC0ZK7WMA5XH3T",
    "SC8E5RYQ1B4VGC",
    "SC3NXD6J0MP7KS",
)
_ERRORS_SHOWN = {403, 404, 429, 500, 503}


@lru_cache(maxsize=1)
def sample_code() -> Markup:
    """Draw a QR picture of the size of a device code, with a text that no verifier accepts."""
    picture = qrcode.QRCode(version=19, error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    picture.add_data("SC1:DESIGN SAMPLE " * 38)
    picture.make(fit=True)
    dots = picture.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(dots) for x, dark in enumerate(line) if dark)
    return Markup(
        '<svg viewBox="0 0 {n} {n}" shape-rendering="crispEdges" role="img" aria-label="QR">'
        '<path d="{path}" fill="#101a17"/></svg>'
    ).format(n=len(dots), path=path)


SAMPLE_MOVES = (
    {"before": "C", "after": "B", "people": 42},
    {"before": None, "after": "C", "people": 130},
    {"before": "B", "after": "C", "people": 11},
    {"before": "C", "after": None, "people": 27},
)


@blueprint.get("/design")
def design() -> str:
    """Show the components."""
    return render_template(
        "design/design.html",
        numbers=SAMPLE_NUMBERS,
        sample_code=sample_code(),
        flow=flow(SAMPLE_MOVES, ("A", "B", "C")),
        turn_name=turn_name,
    )


@blueprint.get("/design/errors/<int:status>")
def error(status: int) -> Response:
    """Show an error page as it will look; the answer carries its true status."""
    return error_page(status if status in _ERRORS_SHOWN else 404)
