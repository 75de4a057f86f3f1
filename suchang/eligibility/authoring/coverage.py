"""What the examples of a pack cover: each version of a rule met and missed, each of its tests true and false.

Counted by the slow and obvious semantics, on the days of the examples themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from suchang.eligibility.authoring.examples import Example
from suchang.eligibility.errors import Place
from suchang.eligibility.pack.condition_ast import AtLeast, Items, Leaf, Node, Not, Use
from suchang.eligibility.pack.model import Pack, RuleVersion
from suchang.eligibility.reference.semantics import Meaning

Sides = set[bool]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A side that no example takes: of a rule as a whole, or of one of its tests."""

    place: Place
    rule: str
    test: Leaf | Items | None
    wanted: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many sides the examples take, of how many, and which they leave."""

    rules: tuple[int, int]
    tests: tuple[int, int]
    uncovered: tuple[Uncovered, ...]

    @property
    def rule_share(self) -> float:
        """The share of the rules' sides in per cent; 100 for a pack without any."""
        return _share(*self.rules)

    @property
    def test_share(self) -> float:
        """The share of the tests' sides in per cent; 100 for a pack without any."""
        return _share(*self.tests)


def _share(taken: int, every: int) -> float:
    return 100.0 * taken / every if every else 100.0


def coverage(pack: Pack, examples: Iterable[Example]) -> Coverage:
    """Count what examples cover."""
    versions = [version for several in pack.rules.values() for version in several]
    rules: dict[RuleVersion, Sides] = {version: set() for version in versions}
    tests: dict[RuleVersion, dict[Leaf | Items, Sides]] = {
        version: {test: set() for test in _tests(pack, version)} for version in versions
    }
    for example in examples:
        meaning = Meaning(pack, example.facts, example.on)
        known: dict[Leaf | Items, bool | None] = {}
        for version in meaning.rules.values():
            _take(rules[version], meaning.value(version.when))
            for test, sides in tests[version].items():
                if test not in known:
                    known[test] = meaning.value(test)
                _take(sides, known[test])
    return _counted(rules, tests)


def _take(sides: Sides, value: bool | None) -> None:
    if value is not None:
        sides.add(value)


def _counted(rules: dict[RuleVersion, Sides], tests: dict[RuleVersion, dict[Leaf | Items, Sides]]) -> Coverage:
    left: list[Uncovered] = []
    for version, sides in rules.items():
        left += [Uncovered(version.place, version.id, None, side) for side in (True, False) if side not in sides]
        for test, taken in tests[version].items():
            left += [Uncovered(version.place, version.id, test, side) for side in (True, False) if side not in taken]
    of_rules = sum(each.test is None for each in left)
    every = 2 * len(rules), 2 * sum(map(len, tests.values()))
    return Coverage((every[0] - of_rules, every[0]), (every[1] - (len(left) - of_rules), every[1]), tuple(left))


def _tests(pack: Pack, version: RuleVersion) -> Iterator[Leaf | Items]:
    """Yield the tests of a rule in declared order, those of its named conditions on its own days too."""
    seen: set[Node] = set()
    todo: list[Node] = [version.when]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        match node:
            case Leaf() | Items():
                yield node
            case AtLeast():
                todo.extend(reversed(node.children))
            case Not():
                todo.append(node.child)
            case Use():
                several = pack.conditions[node.condition]
                todo.extend(each.when for each in several if each.period.overlaps(version.period))
