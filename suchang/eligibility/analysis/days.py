"""The days on which a pack can answer differently."""

from __future__ import annotations

from datetime import date, timedelta

from suchang.eligibility.dates import EARLIEST, LATEST, OPEN_END
from suchang.eligibility.in_force.rules_in_force import boundaries
from suchang.eligibility.pack.model import Pack


def days_to_look_at(pack: Pack, on: date) -> list[date]:
    """Return the day asked about and the later days on which rules, conditions or catalogues change, ascending."""
    days = {on, *boundaries(pack)}
    for catalogue in pack.catalogues.values():
        for entry in catalogue.entries:
            days.add(entry.period.start)
            if entry.period.end != OPEN_END:
                days.add(entry.period.end + timedelta(days=1))
    return sorted(day for day in days if on <= day <= LATEST and day >= EARLIEST)
