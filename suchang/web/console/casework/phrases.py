"""Phrases for reasons: listed, added, retired."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.vocabulary import PhraseKind
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.words import applications as words
from suchang.workflows.casework import phrases


@blueprint.get("/phrases")
def phrase_list() -> str:
    """Show the phrases for reasons; supervisors add and retire them here."""
    return render_template(
        "console/casework/phrases.html",
        phrases=phrases.usable(collaborators(), officer()),
        kinds=words.phrase_kinds(),
        **frame(),
    )


@blueprint.post("/phrases")
def phrase_add() -> BaseResponse:
    """Add a phrase."""
    kind = request.form.get("kind", "")
    zh, en = (request.form.get(name, "").strip()[:500] for name in ("zh", "en"))
    if kind in {one.value for one in PhraseKind} and zh and en:
        phrases.add(collaborators(), officer(), kind=PhraseKind(kind), zh=zh, en=en)
    return redirect(url_for(".phrase_list"))


@blueprint.post("/phrases/<phrase_id>/retire")
def phrase_retire(phrase_id: str) -> BaseResponse:
    """Take a phrase out of use."""
    phrases.retire(collaborators(), officer(), phrase_id)
    return redirect(url_for(".phrase_list"))
