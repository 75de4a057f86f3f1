"""Read the population that policy questions are asked about: the facts each applicant was last determined with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from suchang.persistence.models import Application, DeterminationRecord
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work

Person = tuple[str, Mapping[str, Any]]


def population_size(sessions: SessionFactory, *, city: str | None = None) -> int:
    """Count the people about whom facts are kept; of one city's applications, or of all."""
    with unit_of_work(sessions) as session:
        joined = select(func.count(func.distinct(Application.person_id))).join(
            DeterminationRecord, DeterminationRecord.application_id == Application.id
        )
        if city is not None:
            joined = joined.where(Application.city == city)
        return session.execute(joined).scalar_one()


def population(sessions: SessionFactory, *, city_fact: str | None = None, city: str | None = None) -> Iterator[Person]:
    """Return everybody's id and latest facts, by id, a few at a time; of one city's applications, or all.

    Where the facts don't say ``city_fact``, the city that handles the application counts.
    """
    latest = (
        select(Application.person_id, DeterminationRecord.facts, Application.city)
        .join(DeterminationRecord, DeterminationRecord.application_id == Application.id)
        .ext(distinct_on(Application.person_id))
        .order_by(Application.person_id, DeterminationRecord.created_at.desc(), DeterminationRecord.id.desc())
        .execution_options(yield_per=2000)
    )
    if city is not None:
        latest = latest.where(Application.city == city)
    with unit_of_work(sessions) as session:
        for person, facts, handling in session.execute(latest):
            yield person, {city_fact: handling, **facts} if city_fact else facts
