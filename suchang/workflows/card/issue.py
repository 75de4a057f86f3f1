"""Issue a card for an approved application, inside the transaction of its approval."""

from __future__ import annotations

import json
import re
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict
from suchang.domain.ids import PersonId, new_id
from suchang.domain.lifecycle import SYSTEM as SYSTEM_OFFICE
from suchang.domain.lifecycle import ApplicationEvent, CardFacts, CardState, valid_until
from suchang.persistence.models import Application, Card, Decision, DeterminationRecord
from suchang.workflows.application.lifecycle_facts import to_json
from suchang.workflows.application.transitions import facts_of, move
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

DEFAULT_YEARS = 5
"""Validity where neither rule nor contract says less: an assumption, after the Jiangsu overseas permit."""

_NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """Draw a card number: ``SC`` and 12 characters without look-alikes. It names a card and opens nothing."""
    return "SC" + "".join(secrets.choice(_NUMBER_ALPHABET) for _ in range(12))


def _years(result: dict[str, Any]) -> int:
    match = re.fullmatch(r"P(\d{1,2})Y", result.get("valid_for") or "")
    return int(match.group(1)) if match else DEFAULT_YEARS


def _contract_end(facts: dict[str, Any]) -> date | None:
    text = facts.get("contract_until")
    return date.fromisoformat(text) if isinstance(text, str) and text not in ("open", "") else None


def issue_card(
    collaborators: Collaborators,
    session: Session,
    application: Application,
    decision: Decision,
    found: DeterminationRecord,
    now: datetime,
) -> Card:
    """Make the card and move the application to issued; validity ends with the labour contract at the latest."""
    today = local_date(now)
    result = json.loads(found.canonical)
    try:
        last = valid_until(today, _years(result), _contract_end(found.facts))
    except ValueError:
        raise Conflict(
            "The labour contract has ended, so no card can be issued; ask for the new contract.", code="contract_over"
        ) from None
    if last <= today:
        raise Conflict("The labour contract ends today, so no card can be issued.", code="contract_over")
    case = facts_of(application)
    move(collaborators, session, now, application, ApplicationEvent.ISSUE, by=SYSTEM_OFFICE, actor=SYSTEM)
    session.flush()
    card = Card(
        id=new_id("crd"),
        number=new_number(),
        person_id=application.person_id,
        application_id=application.id,
        decision_id=decision.id,
        tier=case.tier or "",
        track=application.track or "high_level",
        city=application.city,
        state=CardState.ACTIVE.value,
        facts=to_json(CardFacts(holder=PersonId(case.applicant), city=application.city, valid_until=last)),
        valid_from=today,
        valid_until=last,
        issued_at=now,
    )
    session.add(card)
    session.flush()
    audit_rows.record(session, now, SYSTEM, "card_issued", "card", card.id, application=application.id, tier=card.tier)
    return card
