"""Files of evidence on their way to a browser: as attachments that nothing on them can act."""

from __future__ import annotations

from flask import Response

from suchang.workflows.application.evidence_files import File


def as_download(file: File) -> Response:
    """Hand a file out: never shown inside a page of ours, never kept by caches, never guessed to be another type."""
    response = Response(file.content, mimetype=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response
