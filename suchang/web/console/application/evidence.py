"""Evidence of an application for officers: its files, and where each piece was checked."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.console.casework.application_page import again, back
from suchang.web.console.frame import blueprint, officer
from suchang.web.downloads import as_download
from suchang.workflows.application import evidence_files
from suchang.workflows.application.fact_checks import HOW


@blueprint.post("/applications/<application_id>/evidence/<evidence_id>/file")
def evidence_file(application_id: str, evidence_id: str) -> BaseResponse | tuple[str, int]:
    """Hand out a file of evidence; why the officer looks is written down."""
    reason = request.form.get("reason", "").strip()[:500]
    try:
        return as_download(evidence_files.see(collaborators(), officer(), application_id, evidence_id, reason=reason))
    except DomainError as error:
        return again(application_id, error)


@blueprint.post("/applications/<application_id>/evidence/<evidence_id>/check")
def evidence_check(application_id: str, evidence_id: str) -> BaseResponse | tuple[str, int]:
    """Note where a piece of evidence was checked."""
    source, how = request.form.get("source", "").strip()[:200], request.form.get("how", "")
    how = how if how in HOW else "original"
    try:
        evidence_files.check(
            collaborators(),
            officer(),
            application_id,
            evidence_id,
            source=source,
            how=how,
        )
    except DomainError as error:
        return again(application_id, error)
    return back(application_id)
