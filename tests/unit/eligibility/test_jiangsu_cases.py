"""The cases of the Jiangsu pack pass, and would notice any small change of any rule.

Every rule is changed in every small way (a condition left out, a threshold one step off, a date one day off, another
day of entry into force); at least one case of the rule has to come out otherwise. Dates are held to it rule by rule,
also where they stand in a shared condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from suchang.eligibility import Pack, RuleKind, Type, load_pack
from suchang.eligibility.authoring.examples import Example, read_examples, run_examples
from suchang.eligibility.dates import Relative
from suchang.eligibility.in_force.resolve_date import subject_of
from suchang.eligibility.pack.condition_ast import (
    Age,
    AtLeast,
    Between,
    Compare,
    InCatalogue,
    Items,
    Leaf,
    Node,
    Order,
    Use,
)
from suchang.eligibility.pack.model import ALWAYS
from suchang.eligibility.reference.semantics import Meaning

ROOT = Path(__file__).parents[3]
ON = date(2026, 11, 1)
SAME = {"JS-C-05 nominations.code today", "JS-D-14 awards.code today"}
"""Changes without effect: what these rules look back to is younger than every entry of their catalogues."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(ROOT / "eligibility_rules" / "jiangsu")


@pytest.fixture(scope="module")
def cases(pack: Pack) -> list[Example]:
    return read_examples(pack)


def test_every_case_passes(pack: Pack, cases: list[Example]) -> None:
    assert len(cases) > 900
    assert [(each.example.sentence, each.differences) for each in run_examples(pack, cases) if each.differences] == []


def test_each_rule_has_a_hit_a_miss_and_an_unknown(pack: Pack, cases: list[Example]) -> None:
    for name, versions in pack.rules.items():
        values = {value for _, value in spoken_of(name, versions[0].kind, cases)}
        # What the register keeps is never unknown.
        assert values >= ({True, False} if name == "JS-X-01" else {True, False, None}), name


def test_each_small_change_of_a_rule_is_noticed_by_its_cases(pack: Pack, cases: list[Example]) -> None:
    unnoticed, tried = [], 0
    shared: dict[tuple[str, str], bool] = {}
    for name, (version,) in pack.rules.items():
        told = spoken_of(name, version.kind, cases)
        for where, what, mutant in mutants(pack, version.when, ""):
            tried += 1
            noticed = any(
                Meaning(pack, case.facts, case.on).value(mutant) is not value
                for case, value in told
                if case.on in version.period
            )
            if where and not what.startswith("date"):
                # Inside a shared condition one rule's cases speak for all of them.
                shared[where, what] = shared.get((where, what), False) or noticed
            elif not noticed and f"{name} {what}" not in SAME:
                unnoticed.append((name, where, what))
    unnoticed += [("", where, what) for (where, what), noticed in shared.items() if not noticed]
    assert tried > 1000
    assert unnoticed == []


def test_each_day_of_entry_into_force_is_noticed_by_the_cases(pack: Pack, cases: list[Example]) -> None:
    for name, (version,) in pack.rules.items():
        if version.period.start == date.min:
            continue
        told = {(case.on, value) for case, value in spoken_of(name, version.kind, cases)}
        day = version.period.start
        assert (day, True) in told, name
        assert (day - timedelta(days=1), False) in told, name


def spoken_of(name: str, kind: RuleKind, cases: list[Example]) -> list[tuple[Example, bool | None]]:
    """Return the cases that say something of a rule, with the value they expect."""
    found: list[tuple[Example, bool | None]] = []
    for case in cases:
        status = case.expect.get("status", {})
        if name in status:
            found.append((case, status[name]))
        elif kind is RuleKind.TIER and case.expect.get("rule") == name:
            found.append((case, True))
    return found


def mutants(pack: Pack, node: Node, where: str) -> Iterator[tuple[str, str, Node]]:
    """Return every small change of a condition: in which shared condition it lies (or ""), what it is, the result."""
    match node:
        case Use():
            condition = pack.conditions[node.condition][0]
            for inner, what, mutant in mutants(pack, condition.when, node.condition):
                yield inner, what, mutant
        case AtLeast():
            for place, child in enumerate(node.children):
                rest = node.children[:place] + node.children[place + 1 :]
                if rest:
                    need = node.need - 1 if node.is_all else min(node.need, len(rest))
                    yield where, f"without {child}", AtLeast(max(1, need), rest)
                for inner, what, mutant in mutants(pack, child, where):
                    children = (*node.children[:place], mutant, *node.children[place + 1 :])
                    yield inner, what, AtLeast(node.need, children)
            if 1 < node.need < len(node.children) or (node.need == 1 and len(node.children) > 2):
                yield where, f"one more of {len(node.children)}", AtLeast(node.need + 1, node.children)
            if 1 < node.need < len(node.children):
                yield where, f"one fewer of {len(node.children)}", AtLeast(node.need - 1, node.children)
        case Items():
            for inner, what, mutant in mutants(pack, node.where, where):
                yield inner, what, replace(node, where=mutant)
        case Leaf():
            for what, changed in leaf_mutants(pack, node):
                yield where, what, changed


def leaf_mutants(pack: Pack, leaf: Leaf) -> Iterator[tuple[str, Leaf]]:
    """Return a test's neighbours."""
    test = leaf.test
    of = f"{leaf.fact}.{leaf.field}"
    match test:
        case Between(low=Relative() as low, high=Relative() as high):
            for step in (-1, 1):
                yield f"date {of} low {step}", replace(leaf, test=Between(replace(low, days=step), high))
                yield f"date {of} high {step}", replace(leaf, test=Between(low, replace(high, days=step)))
        case Compare(operand=Relative() as day):
            for step in (-1, 1):
                yield f"date {of} {step}", replace(leaf, test=replace(test, operand=replace(day, days=step)))
        case Age():
            for step in (-1, 1):
                yield f"age {step}", replace(leaf, test=replace(test, years=test.years + step))
        case Compare(order=Order.GE | Order.LE):
            values = subject_of(leaf, pack).values
            if subject_of(leaf, pack).type is Type.ENUM:
                at = values.index(str(test.operand))
                steps: list[object] = [values[near] for near in (at - 1, at + 1) if 0 <= near < len(values)]
            else:
                steps = [test.operand - 1, test.operand + 1]  # type: ignore[operator]
            for operand in steps:
                yield f"{of} {operand}", replace(leaf, test=replace(test, operand=operand))
        case InCatalogue(at=str()) if any(each.period != ALWAYS for each in pack.catalogues[test.catalogue].entries):
            yield f"{of} today", replace(leaf, test=replace(test, at=None))
        case _:
            return
