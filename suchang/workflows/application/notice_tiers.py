"""Which tiers need a public notice: what the database says, so that no program and no setting can forget it.

A setting adds tiers at the start of a program; only the database's owner ends one (``end_notice_tiers``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import create_engine, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.config import Settings
from suchang.persistence.models import NoticeTier
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work


def require_notices(sessions: SessionFactory, settings: Settings, now: datetime) -> None:
    """Let the tiers of the setting need a notice from now on; outside the demo its days run by the database's clock."""
    if not settings.notice_tiers:
        return
    rows = [{"tier": tier, "since": now, "by_wall_clock": not settings.demo} for tier in settings.notice_tiers]
    with unit_of_work(sessions) as session:
        session.execute(insert(NoticeTier).values(rows).on_conflict_do_nothing())


def notice_tiers(session: Session) -> frozenset[str]:
    """Return the tiers that can't be granted without a finished notice."""
    return frozenset(session.execute(select(NoticeTier.tier).where(NoticeTier.ended_at.is_(None))).scalars())


def end_notice_tiers(owner_url: str, keep: tuple[str, ...]) -> list[str]:
    """End the tiers that are no longer set, as the owner of the database, and list them; the program's role can't."""
    query = "UPDATE notice_tier SET ended_at = now() WHERE ended_at IS NULL AND NOT tier = ANY(:keep) RETURNING tier"
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            return sorted(connection.execute(text(query), {"keep": list(keep)}).scalars())
    finally:
        engine.dispose()
