"""Drafts of policy: an edit or an uploaded pack, its checks, and what it would do to the people on record.

A draft changes nothing. It is simulated as a job; what came of it stays beside it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.ids import is_id, new_id
from suchang.eligibility import Pack, load_pack
from suchang.eligibility.authoring.amendment import Threshold, amend, thresholds
from suchang.eligibility.authoring.archive import unzip_pack, zip_pack
from suchang.persistence.models import Officer, PolicyDraft
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.policy.simulation import list_as, progress_of
from suchang.workflows.runtime import job_queue
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

READERS = (Role.POLICY_EDITOR, Role.POLICY_ACTIVATOR, Role.SUPERVISOR, Role.AUDITOR)
_MISSING = "There is no such draft."


def choices(collaborators: Collaborators, officer: OfficerActor) -> list[Threshold]:
    """List the thresholds of the pack in force that an edit may change."""
    officer.need(Role.POLICY_EDITOR)
    return thresholds(collaborators.engine.pack, local_date(collaborators.clock()))


def draft_edit(
    collaborators: Collaborators, officer: OfficerActor, *, key: str, value: str, start: date, on: date | None = None
) -> str:
    """Draft the pack in force with one threshold changed from a day on; gives the draft's id.

    It is asked about on ``on``, by default the day on which the change begins. Raises AmendmentRefused.
    """
    officer.need(Role.POLICY_EDITOR)
    base = collaborators.engine.pack
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, base.id)
        shutil.copytree(base.root, folder)
        amended = amend(base, folder, key, value, start)
        [old] = [each for each in thresholds(base, date.min) if each.key == key]
        edit = {"owner": old.owner, "fact": old.fact, "field": old.field, "bound": old.bound, "is_age": old.is_age}
        edit |= {"before": old.value, "after": value, "from": start.isoformat()}
        return _keep(collaborators, officer, amended, zip_pack(folder), edit, on or start)


def draft_upload(collaborators: Collaborators, officer: OfficerActor, content: bytes, *, on: date) -> str:
    """Draft a pack that was edited elsewhere; raises ArchiveRefused, or PackInvalid with every file and line."""
    officer.need(Role.POLICY_EDITOR)
    with tempfile.TemporaryDirectory() as place:
        folder = unzip_pack(content, Path(place))
        pack = load_pack(folder)
        if pack.id != collaborators.engine.pack.id:
            in_force = collaborators.engine.pack.id
            raise Invalid(f"This is the pack {pack.id}; {in_force} is in force here.", code="other_pack")
        return _keep(collaborators, officer, pack, zip_pack(folder), None, on)


def _keep(
    collaborators: Collaborators,
    officer: OfficerActor,
    pack: Pack,
    archive: bytes,
    edit: dict[str, Any] | None,
    on: date,
) -> str:
    now = collaborators.clock()
    draft = PolicyDraft(
        id=new_id("pol"),
        officer_id=officer.officer_id,
        city=officer.city,
        base_version=collaborators.engine.pack.version,
        version=pack.version,
        edit=edit,
        archive=archive,
        as_of=on,
        state="queued",
        created_at=now,
    )
    with unit_of_work(collaborators.sessions) as session:
        session.add(draft)
        session.flush()
        job_queue.defer(session, "simulate_policy", draft=draft.id)
        audit_rows.record(
            session, now, officer, "policy_drafted", "policy_draft", draft.id, version=pack.version, edit=edit
        )
        return draft.id


def listed(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List the latest drafts that an officer may see, newest first."""
    officer.need(*READERS)
    query = select(PolicyDraft, Officer.name).join(Officer, Officer.id == PolicyDraft.officer_id)
    if officer.city is not None:
        query = query.where(PolicyDraft.city == officer.city)
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(PolicyDraft.created_at.desc(), PolicyDraft.id).limit(50)).all()
        return [_shown(draft, name) for draft, name in rows]


def show(collaborators: Collaborators, officer: OfficerActor, draft_id: str) -> dict[str, Any]:
    """Return one draft with its checks, its report and how far the work on it is."""
    officer.need(*READERS)
    with unit_of_work(collaborators.sessions) as session:
        draft = session.get(PolicyDraft, draft_id) if is_id(draft_id, "pol") else None
        if draft is None or not _may_see(officer, draft):
            raise NotFound(_MISSING)
        shown = _shown(draft, session.get_one(Officer, draft.officer_id).name)
        shown |= {"checks": draft.checks, "report": draft.report, "has_list": bool(shown["changed"])}
    return shown | {"progress": progress_of(collaborators, draft_id) if shown["state"] == "running" else None}


def _may_see(officer: OfficerActor, draft: PolicyDraft) -> bool:
    """A draft speaks of the people of its author's cities."""
    return officer.city is None or draft.city == officer.city


def _shown(draft: PolicyDraft, author: str) -> dict[str, Any]:
    report: Mapping[str, Any] = draft.report or {}
    return {
        "id": draft.id,
        "author": author,
        "city": draft.city,
        "base_version": draft.base_version,
        "version": draft.version,
        "edit": draft.edit,
        "on": draft.as_of.isoformat(),
        "state": draft.state,
        "people": report.get("people"),
        "changed": report.get("changed"),
        "created_at": rfc3339(draft.created_at),
    }


def take_list(collaborators: Collaborators, officer: OfficerActor, draft_id: str, form: str) -> tuple[str, bytes]:
    """Hand out the list of those who change, ``xlsx`` or ``parquet``, with its file name; the taking is audited.

    People stand in it by number: who they are is no matter of policy.
    """
    officer.need(*READERS)
    with _opened(collaborators, officer, draft_id, "policy_list_taken", form=form) as draft:
        if draft.changes is None:
            raise NotFound("There is no list for this draft.")
        name, content = f"{draft.version[7:19]}-{draft.as_of}.{form}", draft.changes
    return name, list_as(content, form)


def take_pack(collaborators: Collaborators, officer: OfficerActor, draft_id: str) -> tuple[str, bytes]:
    """Hand out the drafted pack as a zip, with its file name."""
    officer.need(*READERS)
    with _opened(collaborators, officer, draft_id, "policy_draft_taken") as draft:
        return f"{draft.version[7:19]}.zip", draft.archive


@contextmanager
def _opened(
    collaborators: Collaborators, officer: OfficerActor, draft_id: str, action: str, **data: Any
) -> Iterator[PolicyDraft]:
    every = [undefer(PolicyDraft.archive), undefer(PolicyDraft.changes)]
    with unit_of_work(collaborators.sessions) as session:
        draft = session.get(PolicyDraft, draft_id, options=every) if is_id(draft_id, "pol") else None
        if draft is None or not _may_see(officer, draft):
            raise NotFound(_MISSING)
        audit_rows.record(session, collaborators.clock(), officer, action, "policy_draft", draft_id, **data)
        yield draft
