"""Checks of facts: each bound to one value and the content of one file, so that a change of either voids it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from suchang.domain.errors import Invalid
from suchang.domain.ids import new_id
from suchang.persistence.models import Evidence, FactCheck
from suchang.workflows.runtime.actors import OfficerActor

HOW = ("original", "register", "employer", "seal")
"""How a fact is checked: the original seen, asked of a register, of the employer, an electronic seal verified."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from, how it was checked and until when; ``void`` when what was checked has changed."""

    fact: str
    origin: str
    document: bool
    checked: bool
    void: bool
    how: str | None = None
    source: str | None = None
    at: datetime | None = None
    holds_until: date | None = None


def unchecked(session: Session, application_id: str, determination_id: str, tier: str | None, on: date) -> list[str]:
    """List the facts that a granted tier rests on and that nobody has checked; the database's own question."""
    asked = func.unchecked_facts(application_id, determination_id, cast(tier, Text), on, type_=ARRAY(String))
    return list(session.execute(select(asked)).scalar_one() or [])


def write_checks(
    session: Session,
    officer: OfficerActor,
    piece: Evidence,
    now: datetime,
    *,
    source: str,
    how: str,
    facts: list[str] | None = None,
    holds_until: date | None = None,
) -> None:
    """Check facts of a piece of evidence, by default all; raises Invalid for one that it does not state."""
    for fact in facts or sorted(piece.facts):
        if fact not in piece.facts:
            raise Invalid(f"This piece of evidence says nothing of {fact}.", code="fact_not_stated")
        session.add(
            FactCheck(
                id=new_id("fck"),
                application_id=piece.application_id,
                evidence_id=piece.id,
                fact=fact,
                officer_id=officer.officer_id,
                person_index=officer.person_index,
                how=how,
                source=source,
                holds_until=holds_until,
                created_at=now,
            )
        )
    session.flush()


def provenance(session: Session, piece: Evidence, today: date) -> list[Provenance]:
    """Tell of each fact of a piece of evidence where it comes from and whether its check still stands."""
    value = func.sha256(func.convert_to(cast(Evidence.facts[FactCheck.fact], Text), "UTF8"))
    stands = (FactCheck.value_sha256 == value) & FactCheck.file_sha256.is_not_distinct_from(Evidence.file_sha256)
    rows = session.execute(
        select(FactCheck, stands)
        .join(Evidence, Evidence.id == FactCheck.evidence_id)
        .where(FactCheck.evidence_id == piece.id)
        .order_by(FactCheck.created_at, FactCheck.id)
    ).all()
    return [_of(piece, fact, [(check, bool(good)) for check, good in rows if check.fact == fact], today)
            for fact in piece.facts]  # fmt: skip


def _of(piece: Evidence, fact: str, checks: list[tuple[FactCheck, bool]], today: date) -> Provenance:
    good = [one for one, stands in checks if stands and (one.holds_until is None or one.holds_until >= today)]
    last = good[-1] if good else checks[-1][0] if checks else None
    return Provenance(
        fact=fact,
        origin=piece.origin,
        document=piece.file_sha256 is not None,
        checked=bool(good),
        void=bool(checks) and not good,
        how=last.how if last else None,
        source=last.source if last else None,
        at=last.created_at if last else None,
        holds_until=last.holds_until if last else None,
    )
