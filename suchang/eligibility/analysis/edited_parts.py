"""What an edit touched, part by part, and for each part a person whose answer it changes.

One witness for each kind of change is not enough: a second edit that moves people between the same tiers would hide
behind the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from suchang.eligibility.analysis.encode import Pair, View, added, items_wanted
from suchang.eligibility.analysis.findings import Change
from suchang.eligibility.analysis.search import Search
from suchang.eligibility.engine import Engine
from suchang.eligibility.explain.condition_text import Phrases
from suchang.eligibility.in_force.rules_in_force import RulesInForce
from suchang.eligibility.pack.condition_ast import AtLeast, Items, Leaf, Node, Not
from suchang.eligibility.pack.model import ConditionVersion, Pack, RuleVersion

Versions = Mapping[str, tuple[RuleVersion, ...]] | Mapping[str, tuple[ConditionVersion, ...]]


@dataclass(frozen=True)
class EditedPart:
    """One leaf or test of a list that stands in one version of an owner where the other has something else."""

    owner: str
    old: Leaf | Items | None
    new: Leaf | Items | None

    def text(self, old: Pack, new: Pack) -> str:
        """Say the part before and after."""
        before = Phrases(old, "en").clause(self.old) if self.old else "—"
        after = Phrases(new, "en").clause(self.new) if self.new else "—"
        return f"{before} → {after}"


def edited_parts(old: Pack, new: Pack, on: date) -> list[EditedPart]:
    """List the parts of rules and named conditions that differ between what is in force in two packs on a day."""
    found: list[EditedPart] = []
    several: list[tuple[Versions, Versions]] = [(old.conditions, new.conditions), (old.rules, new.rules)]
    for before, after in several:
        for owner in [*before, *(name for name in after if name not in before)]:
            one, other = _in_force(before, owner, on), _in_force(after, owner, on)
            if one != other:
                found += _pairs(owner, one, other)
    return found


def _in_force(several: Versions, owner: str, on: date) -> Node | None:
    return next((each.when for each in several.get(owner, ()) if on in each.period), None)


def _pairs(owner: str, old: Node | None, new: Node | None) -> list[EditedPart]:
    """Pair the parts of two conditions: in their places where the shape is the same, else what is gone and what new."""
    before, after = list(_parts(old)), list(_parts(new))
    if len(before) == len(after):
        return [EditedPart(owner, one, other) for one, other in zip(before, after, strict=True) if one != other]
    gone = [EditedPart(owner, each, None) for each in before if each not in after]
    return gone + [EditedPart(owner, None, each) for each in after if each not in before]


def _parts(node: Node | None) -> Iterator[Leaf | Items]:
    match node:
        case Leaf() | Items():
            yield node
        case AtLeast():
            for child in node.children:
                yield from _parts(child)
        case Not():
            yield from _parts(node.child)


def witnesses_of_parts(old: Pack, new: Pack, on: date, editions: tuple[RulesInForce, RulesInForce]) -> Iterator[Change]:
    """Yield for each edited part a person whom it moves, or at least a rule of whom it changes."""
    parts = edited_parts(old, new, on)
    if not parts:
        return
    search = Search([(old, on), (new, on)], _items(editions))
    before, after = search.views
    tiers = [[*(tier.id for tier in pack.tiers), None] for pack in (old, new)]
    moved = z3.Or(*(z3.And(before.has_tier(one), z3.Not(after.has_tier(one))) for one in tiers[0] if one in tiers[1]))
    touched = _rules_differ(before, after)
    for part in parts:
        own = _differs(before, after, part)
        rest = [z3.Not(_differs(before, after, each)) for each in parts if each != part]
        for wanted in ([own, moved, *rest], [own, moved], [own, touched, *rest], [own, touched]):
            facts = search.witness(*wanted)
            if facts is not None:
                one, other = (_tier(view, facts) for view in search.views)
                yield Change(one, other, on, facts, part.owner, part.text(old, new))
                break


def _tier(view: View, facts: Mapping[str, Any]) -> str | None:
    """Return the tier of the person who is shown; facts that a pack does not have are passed by."""
    engine = Engine(view.pack)
    return engine.determine(engine.parse_facts(dict(facts), ignore_unknown=True), view.on).tier


def _differs(before: View, after: View, part: EditedPart) -> Any:
    one, other = _value(before, part.old), _value(after, part.new)
    return z3.Or(one.definite != other.definite, one.possible != other.possible)


def _value(view: View, part: Leaf | Items | None) -> Pair:
    """Return the value of a part; what is not there, or only below what is not in force, is false."""
    if part is None or part not in view.edition.conditions:
        return Pair(z3.BoolVal(False), z3.BoolVal(False))
    return view.condition(view.edition.conditions.index(part))


def _rules_differ(before: View, after: View) -> Any:
    """Say that some rule that both packs have in force has another value."""
    several = []
    for rule in before.edition.rules:
        again = after.edition.by_id.get(rule.id)
        if again:
            one, other = before.status(rule), after.status(again)
            several.append(z3.Or(one.definite != other.definite, one.possible != other.possible))
        else:
            several.append(before.status(rule).definite)
    several += [after.status(rule).definite for rule in after.edition.rules if rule.id not in before.edition.by_id]
    return z3.Or(*several)


def _items(editions: tuple[RulesInForce, RulesInForce]) -> dict[str, int]:
    """Count the items that matter: an item for each test of a list in either pack, wanted true or not."""
    return added(items_wanted(each, [(number, True) for number, _ in enumerate(each.conditions)]) for each in editions)
