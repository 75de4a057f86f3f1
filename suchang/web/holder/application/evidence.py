"""Evidence kept piece by piece, with its file, and taken back."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.downloads import as_download
from suchang.web.holder.application.evidence_page import evidence_page
from suchang.web.holder.application.fact_forms import document_title, read_fact
from suchang.web.holder.application.frame import (
    answers_given,
    blueprint,
    draft,
    me,
    page,
)
from suchang.web.words.problems import explain
from suchang.workflows.application import applications, evidence_files


@blueprint.post("/evidence")
def add() -> str | BaseResponse:
    """Keep one piece of evidence at once."""
    current, pack = draft(), collaborators().engine.pack
    name = request.form.get("fact", "")
    if name not in pack.facts:
        return redirect(url_for(".conversation"))
    try:
        facts = read_fact(pack, name, request.form)
        if facts:
            made = applications.add_evidence(
                collaborators(), me(), current["id"], title=document_title(pack, name), facts=facts
            )
            _attach(current["id"], made.body["id"])
    except DomainError as error:
        return evidence_page(draft(), answers_given(), explain(error))
    return redirect(url_for(".conversation") + "#needed")


def _attach(application_id: str, evidence_id: str) -> None:
    """Put the file that came with a form to a piece of evidence; no file is no fault."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if data:
        evidence_files.attach(collaborators(), me(), application_id, evidence_id, data)


@blueprint.route("/evidence/<evidence_id>/file", methods=["GET", "POST"])
def file(evidence_id: str) -> str | BaseResponse:
    """Return a file that was handed in, or take another in its place."""
    current = draft()
    if request.method == "GET":
        return as_download(evidence_files.see_own(collaborators(), me(), current["id"], evidence_id))
    try:
        _attach(current["id"], evidence_id)
    except DomainError as error:
        return evidence_page(current, answers_given(), explain(error))
    return redirect(url_for(".conversation") + "#needed")


@blueprint.post("/evidence/<evidence_id>/remove")
def remove(evidence_id: str) -> str | BaseResponse:
    """Ask, then take one piece back."""
    if request.form.get("sure") != "yes":
        piece = next((one for one in draft()["evidence"] if one["id"] == evidence_id), None)
        if piece is None:
            return redirect(url_for(".conversation"))
        return page("holder/application/remove.html", piece=piece)
    applications.remove_evidence(collaborators(), me(), draft()["id"], evidence_id)
    return redirect(url_for(".conversation"))
