"""Static analysis with z3: what a pack can never do, what it may never do, and who an edit changes.

``analyse`` gives the warnings of a pack; ``who_changes`` the witnesses of an edit on a day, ``who_changes_from`` those
from a day on. z3 is imported when one of them is
first called, so that determining needs neither its memory nor its time to load.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from suchang.eligibility.analysis.findings import Change, Code, Finding
from suchang.eligibility.pack.model import Pack


def analyse(pack: Pack, on: date) -> tuple[Finding, ...]:
    """Look for impossible and shadowed rules, gaps between amendments and breaches of 破四唯; sorted by place."""
    from suchang.eligibility.analysis.amendments import look_at_amendments
    from suchang.eligibility.analysis.merit_rule_check import look_at_merits
    from suchang.eligibility.analysis.rules import look_at_rules

    found = [*look_at_rules(pack, on), *look_at_merits(pack, on), *look_at_amendments(pack)]
    return tuple(sorted(found, key=lambda each: (each.place, each.code, each.message)))


def who_changes(old: Pack, new: Pack, on: date) -> Iterator[Change]:
    """Yield a witness for each pair of tiers between which an edit moves somebody on a day."""
    from suchang.eligibility.analysis.compare import who_changes as search

    yield from search(old, new, on)


def who_changes_from(old: Pack, new: Pack, on: date) -> Iterator[Change]:
    """Yield a witness for each pair of tiers between which an edit moves somebody, with the first day from one on."""
    from suchang.eligibility.analysis.compare import who_changes_from as search

    yield from search(old, new, on)


__all__ = ["Change", "Code", "Finding", "analyse", "who_changes", "who_changes_from"]
