"""Run the engine beside a submission or a decision and keep exactly what it saw and said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.clock import local_date
from suchang.domain.ids import new_id
from suchang.eligibility import Determination
from suchang.persistence.models import Application, DeterminationRecord, Evidence, Person
from suchang.workflows.runtime.collaborators import Collaborators


def precheck(collaborators: Collaborators, facts: Mapping[str, Any]) -> Determination:
    """Determine for anybody, today, and store nothing; raises FactsInvalid with a problem for each bad fact."""
    record = collaborators.engine.parse_facts(facts)
    return collaborators.engine.determine(record, local_date(collaborators.clock()))


def merged_facts(evidence: Iterable[Evidence]) -> dict[str, Any]:
    """Join the facts of several pieces of evidence: lists are appended, of single values the latest counts."""
    merged: dict[str, Any] = {}
    for piece in evidence:
        for name, value in piece.facts.items():
            if isinstance(value, list) and isinstance(merged.get(name), list):
                merged[name] = [*merged[name], *(one for one in value if one not in merged[name])]
            else:
                merged[name] = value
    return merged


def evidence_of(session: Session, application_id: str) -> list[Evidence]:
    """List the evidence of an application that was not removed, oldest first."""
    return list(
        session.execute(
            select(Evidence)
            .where(Evidence.application_id == application_id, Evidence.removed_at.is_(None))
            .order_by(Evidence.created_at, Evidence.id)
        ).scalars()
    )


def facts_for(collaborators: Collaborators, session: Session, application: Application) -> dict[str, Any]:
    """Collect what the engine will see: the evidence, and over it what the house knows itself.

    The birth date comes from the identity document, the fraud bar from the lifecycle; nobody can supply those.
    """
    facts = merged_facts(evidence_of(session, application.id))
    person = session.get_one(Person, application.person_id)
    known = collaborators.engine.pack.facts
    if "birth_date" in known and person.birth_date is not None:
        facts["birth_date"] = person.birth_date.isoformat()
    if "fraud_bar" in known:
        barred = application.case.get("barred_until")
        facts["fraud_bar"] = barred is not None and barred > local_date(collaborators.clock()).isoformat()
    return facts


def determine(
    collaborators: Collaborators, session: Session, application: Application, occasion: str, now: datetime
) -> DeterminationRecord:
    """Determine for an application and store the result beside it."""
    facts = facts_for(collaborators, session, application)
    on = local_date(now)
    result = collaborators.engine.determine(collaborators.engine.parse_facts(facts), on)
    row = DeterminationRecord(
        id=new_id("det"),
        application_id=application.id,
        occasion=occasion,
        pack=collaborators.engine.pack.id,
        pack_version=collaborators.engine.pack.version,
        as_of=on,
        facts=facts,
        canonical=result.canonical(),
        english=result.canonical("en"),
        tier=result.tier,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def latest(session: Session, application_id: str) -> DeterminationRecord | None:
    """Return the newest determination of an application."""
    return session.execute(
        select(DeterminationRecord)
        .where(DeterminationRecord.application_id == application_id)
        .order_by(DeterminationRecord.created_at.desc(), DeterminationRecord.id.desc())
        .limit(1)
    ).scalar_one_or_none()
