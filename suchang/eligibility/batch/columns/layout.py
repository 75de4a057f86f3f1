"""What the conditions of a day ask of each fact, and the dictionaries by which texts become numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from suchang.domain.errors import Invalid
from suchang.eligibility.in_force.resolve_date import Member, MemberAt, ResolvedTest, resolve_date
from suchang.eligibility.in_force.rules_in_force import RulesInForce, rules_in_force
from suchang.eligibility.pack.condition_ast import AtLeast, Items, Leaf, Node, Not
from suchang.eligibility.pack.model import Fact, Field, Pack, Type

TEXTS = frozenset({Type.ENUM, Type.CODE, Type.TEXT})


class NotAColumn(Invalid):
    """A column of the input does not fit the pack; the sentence names it and says what is needed."""

    slug = "not_a_column"


@dataclass(frozen=True)
class Layout:
    """The facts that a pack looks at on a day.

    With ``beside``, another version of the pack, the facts and dictionaries are those of both, so that one reading of
    the people serves both. Raises ``NotAColumn`` where the two define a fact differently.
    """

    pack: Pack
    on: date
    beside: Pack | None = None

    @cached_property
    def edition(self) -> RulesInForce:
        """The rules in force."""
        return rules_in_force(self.pack, self.on)

    @cached_property
    def tests(self) -> Mapping[Leaf, ResolvedTest]:
        """Every leaf of the pack that is in force, resolved for the day."""
        return _tests(self.pack, self.on)

    @cached_property
    def _all_tests(self) -> tuple[tuple[Leaf, ResolvedTest], ...]:
        other = _tests(self.beside, self.on) if self.beside else {}
        return (*self.tests.items(), *other.items())

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that are looked at, in the order of facts.yaml."""
        packs = [self.pack, *([self.beside] if self.beside else [])]
        used = {
            each.fact
            for pack in packs
            for each in rules_in_force(pack, self.on).conditions
            if isinstance(each, (Leaf, Items))
        }
        known: dict[str, Fact] = {}
        for pack in packs:
            for fact in pack.facts.values():
                if fact.name in used and fact.name in known and not _alike(fact, known[fact.name]):
                    raise NotAColumn(f"the two versions define the fact {fact.name} differently")
                if fact.name in used:
                    known.setdefault(fact.name, fact)
        return tuple(known.values())

    @cached_property
    def fields(self) -> Mapping[str, tuple[Field, ...]]:
        """Of each list fact the fields that are looked at, in declared order."""
        used: dict[str, set[str]] = {}
        for leaf, test in self._all_tests:
            if leaf.field is not None:
                names = used.setdefault(leaf.fact, set())
                names.add(leaf.field)
                if isinstance(test, MemberAt):
                    names.add(test.at)
        return {
            fact.name: tuple(field for field in fact.fields if field.name in used.get(fact.name, set()))
            for fact in self.facts
            if fact.is_list
        }

    @cached_property
    def dictionaries(self) -> Mapping[tuple[str, str | None], Mapping[str, int]]:
        """The number of each text of (fact, field): all values of an enumeration, elsewhere those that a test names."""
        named: dict[tuple[str, str | None], set[str]] = {}
        for leaf, test in self._all_tests:
            words = named.setdefault((leaf.fact, leaf.field), set())
            if isinstance(test, Member):
                words.update(each for each in test.values if isinstance(each, str))
            elif isinstance(test, MemberAt):
                words.update(code for code, _ in test.periods)
        found = {key: {word: place for place, word in enumerate(sorted(words))} for key, words in named.items()}
        for fact in self.facts:
            several: list[tuple[str | None, Field]] = [(each.name, each) for each in fact.fields]
            for name, field in several if fact.is_list else [(None, fact)]:
                if field.type is Type.ENUM:
                    found[fact.name, name] = {word: place for place, word in enumerate(field.values)}
        return found

    def dictionary(self, fact: str, field: str | None) -> Mapping[str, int]:
        """Return the numbers of the texts of a fact or field."""
        return self.dictionaries.get((fact, field), {})


def _tests(pack: Pack, on: date) -> dict[Leaf, ResolvedTest]:
    found: dict[Leaf, ResolvedTest] = {}
    for condition in rules_in_force(pack, on).conditions:
        leaves = [condition] if isinstance(condition, Leaf) else []
        if isinstance(condition, Items):
            leaves = list(_inside(condition.where))
        for leaf in leaves:
            found[leaf] = resolve_date(leaf, pack, on)
    return found


def _alike(one: Fact, other: Fact) -> bool:
    shape = [(each.name, each.type, each.values) for each in one.fields]
    same = shape == [(each.name, each.type, each.values) for each in other.fields]
    return same and (one.type, one.values, one.register) == (other.type, other.values, other.register)


def _inside(node: Node) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield node
        case AtLeast():
            for child in node.children:
                yield from _inside(child)
        case Not():
            yield from _inside(node.child)
