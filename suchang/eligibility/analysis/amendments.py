"""Gaps between amendments: days between two versions of a rule, or two entries of a code, on which neither counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import z3

from suchang.eligibility.analysis.encode import added, items_wanted
from suchang.eligibility.analysis.findings import Code, Finding
from suchang.eligibility.analysis.search import Search
from suchang.eligibility.dates import EARLIEST, LATEST
from suchang.eligibility.errors import Place
from suchang.eligibility.in_force.rules_in_force import rules_in_force
from suchang.eligibility.pack.model import Pack, Period, RuleKind

ONE_DAY = timedelta(days=1)


def look_at_amendments(pack: Pack) -> Iterator[Finding]:
    """Find gaps; each witness is somebody whose answer the gap changes."""
    for name, versions in pack.rules.items():
        for before, after in pairwise(versions):
            gap = _gap(before.period, after.period)
            if gap:
                message = (
                    f"{name} is not in force from {gap.start} to {gap.end}, between two versions; "
                    f"close the gap, or keep it and say so in a comment"
                )
                yield _shown(pack, gap, after.place, message, only=name)
    for catalogue in pack.catalogues.values():
        for code, periods in catalogue.periods().items():
            for earlier, later in pairwise(periods):
                gap = _gap(earlier, later)
                if gap:
                    place = next(each.place for each in catalogue.entries if each.code == code and each.period == later)
                    message = f"{code!r} is not listed in {catalogue.id} from {gap.start} to {gap.end}; close the gap"
                    yield _shown(pack, gap, place, message)


def _gap(before: Period, after: Period) -> Period | None:
    start, end = before.end + ONE_DAY, after.start - ONE_DAY
    return Period(start, end) if start <= end and start - ONE_DAY >= EARLIEST and start <= LATEST else None


def _shown(pack: Pack, gap: Period, place: Place, message: str, only: str | None = None) -> Finding:
    """Find somebody for whom a rule holds on the last day before the gap and not on its first day."""
    last, first = gap.start - ONE_DAY, gap.start
    editions = rules_in_force(pack, last), rules_in_force(pack, first)
    for rule in editions[0].rules:
        if only not in (None, rule.id) or (only is None and rule.version.kind is not RuleKind.TIER):
            continue
        again = editions[1].by_id.get(rule.id)
        wanted = [items_wanted(editions[0], [(rule.condition, True)])]
        if again:
            wanted.append(items_wanted(editions[1], [(again.condition, False)]))
        search = Search([(pack, last), (pack, first)], added(wanted))
        lost: Any = z3.Not(search.views[1].status(again).possible) if again else z3.BoolVal(True)
        facts = search.witness(search.views[0].status(rule).definite, lost)
        if facts is not None:
            return Finding(
                Code.GAP,
                place,
                message,
                first,
                facts,
                {"status": {rule.id: False}},
                last,
                {"status": {rule.id: True}},
            )
    return Finding(Code.GAP, place, f"{message} (no rule's answer depends on it)", first)
