"""What stands between the rooms: a fresh CSRF token for pages that were kept for days, and a desk's challenge."""

from __future__ import annotations

import base64
import re

from flask import Blueprint, Response, abort, jsonify, redirect, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import for_anyone

blueprint = Blueprint("session_pages", __name__)
blueprint.before_request(for_anyone())


@blueprint.get("/csrf")
def csrf() -> Response:
    """Return the CSRF token of this browser's session."""
    answer = jsonify(token=generate_csrf())
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/C/<nonce>/<partner>")
def challenge(nonce: str, partner: str) -> BaseResponse:
    """Lead a phone that scanned a desk's challenge to its card, which answers it.

    The address is in capitals, so that its QR code is small. What is after ``#`` never comes back to a server.
    """
    if not re.fullmatch(r"[0-9A-F]{32}", nonce) or not re.fullmatch(r"[0-9A-Z]{26}", partner):
        abort(404)
    text = base64.urlsafe_b64encode(bytes.fromhex(nonce)).rstrip(b"=").decode()
    return redirect(f"{url_for('holder_pages.card')}#c={text}.par_{partner.lower()}")
