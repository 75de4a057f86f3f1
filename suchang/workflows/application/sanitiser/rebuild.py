"""Rebuild one file, whatever its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suchang.workflows.application.sanitiser.kinds import kind_of
from suchang.workflows.application.sanitiser.limits import MAX_BYTES, PDF
from suchang.workflows.application.sanitiser.refusals import Refused
from suchang.workflows.application.sanitiser.signatures import Signature, check_signatures


@dataclass(frozen=True, slots=True)
class Clean:
    """A harmless file and what was found about the electronic signatures of the file that was sent."""

    media_type: str
    content: bytes
    signatures: Sequence[Signature] = ()


def sanitise(data: bytes, trusted: Path | None = None) -> Clean:
    """Return a harmless file with the same look; certificates in the folder ``trusted`` are believed.

    Raises ``Refused``.
    """
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    kind = kind_of(data)
    # Each reader is loaded for its own files only: together they hold more memory than most files.
    if kind == "pdf":
        from suchang.workflows.application.sanitiser.documents import rebuild_pdf

        found = check_signatures(data, trusted)
        return Clean(PDF, rebuild_pdf(data), found)
    from suchang.workflows.application.sanitiser.pictures import redraw, redraw_heic

    media, content = (redraw_heic if kind == "heic" else redraw)(data)
    return Clean(media, content)
