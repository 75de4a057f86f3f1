"""Files of evidence: made harmless, encrypted, stored under names of the house, seen only with a logged reason."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, Invalid, NotFound, Unavailable
from suchang.domain.ids import new_id
from suchang.persistence.models import Application, Evidence
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.applications import EDITABLE
from suchang.workflows.application.fact_checks import provenance, write_checks
from suchang.workflows.application.reading_files import make_harmless
from suchang.workflows.application.sanitiser import EXTENSIONS, Clean
from suchang.workflows.application.transitions import load_in_scope
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

_NAME = re.compile(r"fil_[0-9a-hjkmnp-tv-z]{26}\Z")


@dataclass(frozen=True, slots=True)
class File:
    """A harmless file to hand out."""

    content: bytes
    media_type: str
    name: str


def attach(
    collaborators: Collaborators, actor: HolderActor, application_id: str, evidence_id: str, data: bytes
) -> dict[str, Any]:
    """Put a file to a piece of one's own evidence while it can be edited; an earlier file is replaced."""
    with unit_of_work(collaborators.sessions) as session:
        _own_piece(session, actor, application_id, evidence_id)
    clean = _harmless(collaborators, data)
    name = new_id("fil")
    path = _path(collaborators, name)
    _write(path, collaborators.vault.encrypt_bytes(clean.content, name))
    now = collaborators.clock()
    old = None
    try:
        with unit_of_work(collaborators.sessions) as session:
            piece = _own_piece(session, actor, application_id, evidence_id)
            old = piece.file_name
            piece.file_name, piece.file_type = name, clean.media_type
            piece.file_sha256 = hashlib.sha256(clean.content).hexdigest()
            piece.file_signatures = [asdict(one) for one in clean.signatures]
            audit_rows.record(
                session, now, actor, "evidence_file_added", "evidence", piece.id,
                application=application_id, sha256=piece.file_sha256,
            )  # fmt: skip
            answer = {
                "id": piece.id,
                "media_type": clean.media_type,
                "bytes": len(clean.content),
                "sha256": piece.file_sha256,
                "signatures": piece.file_signatures,
            }
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if old is not None:
        _path(collaborators, old).unlink(missing_ok=True)
    return answer


def _harmless(collaborators: Collaborators, data: bytes) -> Clean:
    settings = collaborators.settings
    trusted = settings.data_dir / "trusted-signers"
    return make_harmless(
        data,
        settings.data_dir / "file-readers",
        readers=settings.file_readers,
        trusted=trusted if trusted.is_dir() else None,
    )


def see_own(collaborators: Collaborators, actor: HolderActor, application_id: str, evidence_id: str) -> File:
    """Return a person the file that they handed in."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        piece = _own_piece(session, actor, application_id, evidence_id, editable=False)
        audit_rows.record(session, now, actor, "evidence_seen", "evidence", piece.id, application=application_id)
        return _read(collaborators, piece)


def see(
    collaborators: Collaborators, officer: OfficerActor, application_id: str, evidence_id: str, *, reason: str
) -> File:
    """Show an officer a file; why they look is written into the audit."""
    officer.need(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    if len(reason.strip()) < 2:
        raise Invalid("Say why you look at this file.", code="reason_required")
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        piece = _piece(session, application, evidence_id)
        audit_rows.record(
            session, now, officer, "evidence_seen", "evidence", piece.id, application=application.id, reason=reason
        )
        return _read(collaborators, piece)


def check(
    collaborators: Collaborators,
    officer: OfficerActor,
    application_id: str,
    evidence_id: str,
    *,
    source: str,
    how: str = "original",
    facts: list[str] | None = None,
    holds_until: date | None = None,
) -> dict[str, Any]:
    """Check facts of a piece of evidence, by default all: how, where, until when; bound to values and file."""
    officer.need(Role.REVIEWER)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        application = load_in_scope(session, officer, application_id)
        piece = _piece(session, application, evidence_id)
        if application.claimed_by != officer.officer_id:
            raise Conflict("This case isn't claimed by you.", code="not_claimed_by_you")
        write_checks(session, officer, piece, now, source=source, how=how, facts=facts, holds_until=holds_until)
        audit_rows.record(
            session, now, officer, "evidence_checked", "evidence", piece.id, application=application.id, source=source
        )
        shown = [one.checked for one in provenance(session, piece, local_date(now))]
        return {"id": piece.id, "checked": all(shown), "source": source}


def _own_piece(
    session: Session, actor: HolderActor, application_id: str, evidence_id: str, *, editable: bool = True
) -> Evidence:
    application = session.execute(
        select(Application)
        .where(Application.id == application_id, Application.person_id == actor.person_id)
        .with_for_update()
    ).scalar_one_or_none()
    if application is None:
        raise NotFound("You have no such application.")
    if editable and application.state not in EDITABLE:
        raise Conflict("Evidence can be changed in a draft or when a supplement is asked for.", code="not_editable")
    return _piece(session, application, evidence_id)


def _piece(session: Session, application: Application, evidence_id: str) -> Evidence:
    piece = session.get(Evidence, evidence_id)
    if piece is None or piece.application_id != application.id or piece.removed_at is not None:
        raise NotFound("There is no such piece of evidence.")
    return piece


def _path(collaborators: Collaborators, name: str) -> Path:
    if not _NAME.match(name):
        raise NotFound("There is no such file.")
    return collaborators.settings.data_dir / "evidence" / name[4:6] / name


def _write(path: Path, content: bytes) -> None:
    """Bring a file to the disk before its row is committed, readable by this account alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise Unavailable("The file can't be kept at the moment; nothing was changed.") from error


def _read(collaborators: Collaborators, piece: Evidence) -> File:
    if piece.file_name is None or piece.file_type is None:
        raise NotFound("No file belongs to this piece of evidence.")
    try:
        sealed = _path(collaborators, piece.file_name).read_bytes()
    except FileNotFoundError:
        raise NotFound("The file is not there any more.") from None
    content = collaborators.vault.decrypt_bytes(sealed, piece.file_name)
    return File(content, piece.file_type, piece.id + EXTENSIONS[piece.file_type])
