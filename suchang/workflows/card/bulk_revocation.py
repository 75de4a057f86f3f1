"""Revoke the cards that a file names: the whole file is checked first, then chunks commit one after another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from suchang.domain import lifecycle
from suchang.domain.lifecycle import CardEvent, CardReason
from suchang.persistence.models import Card
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.card.cards import move_card
from suchang.workflows.credential.reissue import CHUNK, Progress, no_progress
from suchang.workflows.runtime.actors import Actor
from suchang.workflows.runtime.collaborators import Collaborators

LIVE = ("active", "suspended")


@dataclass(frozen=True, slots=True)
class Revoked:
    """How many cards were revoked now, and how many had ended before."""

    revoked: int
    ended: int


def read_numbers(text: str) -> dict[int, str]:
    """Read one card number or id a line; gives line → name. Spaces in numbers are forgiven."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.strip()
        if name and not name.startswith("#"):
            found[number] = name if name.startswith("crd_") else name.replace(" ", "").upper()
    return found


def check(collaborators: Collaborators, wanted: dict[int, str]) -> list[tuple[int, str]]:
    """List the lines that name no card, or one that was named before; nothing is changed."""
    if not wanted:
        return [(1, "the file names no card; write one card number or id a line")]
    faults: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    with unit_of_work(collaborators.sessions) as session:
        names = list(wanted.values())
        rows = session.execute(
            select(Card.id, Card.number).where(or_(Card.id.in_(names), Card.number.in_(names)))
        ).all()
    cards = {name: row.id for row in rows for name in (row.id, row.number)}
    for line, name in wanted.items():
        card = cards.get(name)
        if card is None:
            faults.append((line, f"there is no card {name[:40]}; correct or remove the line"))
        elif card in seen:
            faults.append((line, f"the same card stands on line {seen[card]} already; remove one"))
        else:
            seen[card] = line
    return faults


def revoke(
    collaborators: Collaborators,
    actor: Actor,
    wanted: dict[int, str],
    because: CardReason,
    reason: str,
    progress: Progress = no_progress,
) -> Revoked:
    """Revoke the cards chunk by chunk; a run that was killed is simply run again, ended cards are passed over."""
    names = list(wanted.values())
    revoked = ended = 0
    for start in range(0, len(names), CHUNK):
        chunk = names[start : start + CHUNK]
        now = collaborators.clock()
        with unit_of_work(collaborators.sessions) as session:
            rows = session.execute(
                select(Card).where(or_(Card.id.in_(chunk), Card.number.in_(chunk))).order_by(Card.id).with_for_update()
            ).scalars()
            for card in rows:
                if card.state not in LIVE:
                    ended += 1
                    continue
                move_card(
                    collaborators,
                    session,
                    card,
                    CardEvent.REVOKE,
                    now,
                    by=lifecycle.SYSTEM,
                    actor=actor,
                    because=because,
                    reason=reason,
                )
                revoked += 1
        progress(min(start + CHUNK, len(names)), len(names))
    return Revoked(revoked, ended)
