"""Where a holder is signed in: ended from the page of settings."""

from __future__ import annotations

from flask import g
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.holder.frame import blueprint
from suchang.web.words.sign_ins import end_as_asked


@blueprint.post("/sessions")
def end_my_sessions() -> BaseResponse:
    """Sign the holder out of one place, everywhere else, or everywhere."""
    return end_as_asked(g.actor, page="holder_pages.settings", door="holder_pages.enter")
