"""What the conditions of a day ask of each fact, and the dictionaries by which texts become numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from suchang.domain.errors import Invalid
from suchang.eligibility.concrete import ConcreteTest, Member, MemberAt, concrete
from suchang.eligibility.edition import Edition, edition_of
from suchang.eligibility.model import Fact, Field, Pack, Type
from suchang.eligibility.tree import AtLeast, Items, Leaf, Node, Not

TEXTS = frozenset({Type.ENUM, Type.CODE, Type.TEXT})


class NotAColumn(Invalid):
    """A column of the input does not fit the pack; the sentence names it and says what is needed."""

    slug = "not_a_column"


@dataclass(frozen=True)
class Layout:
    """The facts that a pack looks at on a day."""

    pack: Pack
    on: date

    @cached_property
    def edition(self) -> Edition:
        """The rules in force."""
        return edition_of(self.pack, self.on)

    @cached_property
    def tests(self) -> Mapping[Leaf, ConcreteTest]:
        """Every leaf that is in force, resolved for the day."""
        return {leaf: concrete(leaf, self.pack, self.on) for leaf in self._leaves()}

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that are looked at, in the order of facts.yaml."""
        used = {each.fact for each in self.edition.conditions if isinstance(each, (Leaf, Items))}
        return tuple(fact for fact in self.pack.facts.values() if fact.name in used)

    @cached_property
    def fields(self) -> Mapping[str, tuple[Field, ...]]:
        """Of each list fact the fields that are looked at, in declared order."""
        used: dict[str, set[str]] = {}
        for leaf, test in self.tests.items():
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
        found: dict[tuple[str, str | None], dict[str, int]] = {}
        for leaf, test in self.tests.items():
            words = found.setdefault((leaf.fact, leaf.field), {})
            named: list[str] = []
            if isinstance(test, Member):
                named = sorted(str(each) for each in test.values if isinstance(each, str))
            elif isinstance(test, MemberAt):
                named = sorted(code for code, _ in test.periods)
            for word in named:
                words.setdefault(word, len(words))
        for fact in self.facts:
            for field_name, field in (
                [(None, fact)] if not fact.is_list else [(each.name, each) for each in fact.fields]
            ):
                if field.type is Type.ENUM:
                    found[fact.name, field_name] = {word: place for place, word in enumerate(field.values)}
        return found

    def dictionary(self, fact: str, field: str | None) -> Mapping[str, int]:
        """Give the numbers of the texts of a fact or field."""
        return self.dictionaries.get((fact, field), {})

    def _leaves(self) -> Iterator[Leaf]:
        for condition in self.edition.conditions:
            if isinstance(condition, Leaf):
                yield condition
            elif isinstance(condition, Items):
                yield from _inside(condition.where)


def _inside(node: Node) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield node
        case AtLeast():
            for child in node.children:
                yield from _inside(child)
        case Not():
            yield from _inside(node.child)
