"""破四唯: prove that no tier rule is met by papers, degree, seniority or awards alone.

A rule breaks the principle when some papers, degrees, seniority and awards make it met whatever the facts that carry
merit are (contribution, assessment, employment, nomination …). The proof is over the kinds of facts in facts.yaml, on
the rule's own condition, before bases and exclusions: working in Jiangsu is needed by everybody and proves no merit.

Two people are looked for in turn (counter-example guided): a candidate with facts of the kinds that may never be
enough, and known facts of the other kinds for which the rule is not met. When no such facts are left the candidate is a
witness. That also catches a rule in which merit is asked for as a formality, such as "contributions are known".
Source: ten-actions 四(三); plan-14-5 五(一).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import z3

from suchang.eligibility.analysis.days import days_to_look_at
from suchang.eligibility.analysis.encode import View, added, items_wanted
from suchang.eligibility.analysis.findings import Code, Finding
from suchang.eligibility.analysis.people import Cell, Person
from suchang.eligibility.analysis.search import Search, Unsettled
from suchang.eligibility.errors import Place
from suchang.eligibility.in_force.rules_in_force import RuleInForce, rules_in_force
from suchang.eligibility.pack.model import Pack

ROUNDS = 60


def look_at_merits(pack: Pack, on: date) -> Iterator[Finding]:
    """Find tier rules that facts of the kinds in ``kinds.never_alone`` can satisfy without any merit."""
    found: set[Place] = set()
    for day in days_to_look_at(pack, on):
        edition = rules_in_force(pack, day)
        for rule in (rule for tier in edition.tiers for rule in tier.rules):
            if rule.version.place not in found:
                finding = _one_sided(pack, day, rule)
                if finding:
                    found.add(rule.version.place)
                    yield finding


def _one_sided(pack: Pack, day: date, rule: RuleInForce) -> Finding | None:
    roots = [items_wanted(rules_in_force(pack, day), [(rule.condition, wanted)]) for wanted in (True, False)]
    search = Search([(pack, day)], added(roots))
    place = rule.version.place
    try:
        facts = _witness(search, rule)
    except Unsettled:
        return Finding(Code.UNSETTLED, place, f"{rule.id}: to prove that merit is needed took too long", day)
    if facts is None:
        return None
    kinds = list(dict.fromkeys(pack.facts[name].kind for name in facts if _counts_never(pack, name)))
    by = " and ".join(kinds) or "facts without merit"
    message = f"{rule.id} can be met by {by} alone; ask for a contribution, an assessment or a nomination as well"
    return Finding(Code.ONE_SIDED, place, message, day, facts, {"status": {rule.id: True}})


def _counts_never(pack: Pack, name: str) -> bool:
    return pack.facts[name].kind in pack.kinds.never_alone


def _witness(search: Search, rule: RuleInForce) -> dict[str, Any] | None:
    view = search.view
    met = view.status(rule).definite
    idle = (*view.pack.kinds.never_alone, *view.pack.kinds.no_merit)
    merit = {name for name in (*search.person.scalars, *search.person.lists) if view.pack.facts[name].kind not in idle}
    if not merit:
        return search.witness(met)
    # The plain case first, whose witness is the easiest to read: nothing of merit is known at all.
    unknown = [z3.Not(_known(search.person, name)) for name in merit]
    found = search.witness(met, *unknown)
    return found if found is not None else _whatever_the_merits(search, view, met, merit)


def _whatever_the_merits(search: Search, view: View, met: Any, merit: set[str]) -> dict[str, Any] | None:
    variables = [each for name in sorted(merit) for each in _variables(search.person, name)]
    own = [
        each
        for name in (*search.person.scalars, *search.person.lists)
        if name not in merit
        for each in _variables(search.person, name)
    ]
    all_known = [z3.And(*_fully_known(search.person, name)) for name in sorted(merit)]
    # Whatever is met with a list that may hold more is met with the same list complete, which is easier to read.
    all_known += [several.complete for name, several in search.person.lists.items() if name not in merit]
    tried: list[Any] = []
    for _ in range(ROUNDS):
        candidate = search.model(met, *all_known, *tried)
        if candidate is None:
            return None
        fixed = [each == candidate.eval(each, model_completion=True) for each in own]
        against = search.model(*fixed, *all_known, z3.Not(met), plausible=False)
        if against is None:
            return search.witness(met, *fixed, *all_known)
        values = [(each, against.eval(each, model_completion=True)) for each in variables]
        tried.append(z3.substitute(met, *values))
    raise Unsettled(f"{view.pack.id}: more than {ROUNDS} rounds")


def _known(person: Person, name: str) -> Any:
    return person.scalars[name].present if name in person.scalars else person.lists[name].known


def _variables(person: Person, name: str) -> Iterator[Any]:
    if name in person.scalars:
        yield from _of(person.scalars[name])
        return
    several = person.lists[name]
    yield from (several.known, several.complete)
    for item in several.items:
        yield item.exists
        for cell in item.cells.values():
            yield from _of(cell)


def _of(cell: Cell) -> Iterator[Any]:
    yield from (cell.present, cell.value)


def _fully_known(person: Person, name: str) -> Iterator[Any]:
    """Say that a fact of merit is known, whatever it is: a list is complete, and so are its items."""
    if name in person.scalars:
        yield person.scalars[name].present
        return
    several = person.lists[name]
    yield from (several.known, several.complete)
    for item in several.items:
        for cell in item.cells.values():
            yield cell.present
