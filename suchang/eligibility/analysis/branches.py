"""Branches of a choice that nobody can meet: they read as a way to a tier and are none.

A rule with a dead branch can be met by its other branches, so that looking at whole rules does not show it. Branches
inside a ``not`` are left alone: there, what nobody meets keeps nobody out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import z3

from suchang.eligibility.analysis.encode import View
from suchang.eligibility.analysis.findings import Code, Finding
from suchang.eligibility.analysis.search import Search, Unsettled
from suchang.eligibility.errors import Place
from suchang.eligibility.explain.condition_text import Phrases
from suchang.eligibility.in_force.rules_in_force import Group, RuleInForce
from suchang.eligibility.pack.condition_ast import AtLeast, Items, Leaf, Node


def dead_branches(search: Search, found: set[tuple[Code, Place]]) -> Iterator[Finding]:
    """Yield one finding for each dead branch of a rule that can be met; impossible rules are passed by."""
    view, seen = search.view, set[int]()
    for rule in view.edition.rules:
        if (Code.IMPOSSIBLE, rule.version.place) in found:
            continue
        try:
            for what in _dead(search, rule, seen):
                if (Code.DEAD, rule.version.place) in found:
                    continue
                message = (
                    f"{rule.id}: no way leads through this branch, which nobody can meet on {view.on}: {what}; "
                    f"correct what contradicts itself in it"
                )
                facts = search.witness(view.status(rule).definite)
                yield Finding(Code.DEAD, rule.version.place, message, view.on, facts, {"status": {rule.id: True}})
        except Unsettled:
            message = f"{rule.id}: whether each of its branches can be met took too long to prove"
            yield Finding(Code.UNSETTLED, rule.version.place, message, view.on)


def _dead(search: Search, rule: RuleInForce, seen: set[int]) -> Iterator[str]:
    """Say the dead branches below a rule; what is below a dead branch is not said again."""
    view, todo = search.view, [rule.condition]
    while todo:
        number = todo.pop()
        if number in seen:
            continue
        seen.add(number)
        condition = view.edition.conditions[number]
        if isinstance(condition, Items):
            yield from _dead_inside(search, condition.where, condition)
        if not isinstance(condition, Group):
            continue
        is_choice = condition.need < len(condition.children)
        for child in condition.children:
            if is_choice and search.model(view.condition(child).definite, plausible=False) is None:
                yield _said(view, child)
            else:
                todo.append(child)


def _dead_inside(search: Search, node: Node, items: Items) -> Iterator[str]:
    """Say the branches of a choice on one item that no item can meet."""
    if not isinstance(node, AtLeast):
        return
    view = search.view
    cells = view.person.list(items.fact)
    for child in node.children:
        if node.need < len(node.children) and cells.items:
            item = cells.items[0]
            met: Any = z3.And(item.exists, view.where(child, item).definite)
            if search.model(met, plausible=False) is None:
                say = Phrases(view.pack, "en")
                yield say.clause(Items(items.fact, child))
                continue
        yield from _dead_inside(search, child, items)


def _said(view: View, number: int) -> str:
    """Say a numbered condition; a group by its parts."""
    condition = view.edition.conditions[number]
    if isinstance(condition, (Leaf, Items)):
        return Phrases(view.pack, "en").clause(condition)
    if isinstance(condition, Group):
        join = " or " if condition.need == 1 else " and "
        return join.join(_said(view, child) for child in condition.children)
    return "an excluded condition"
