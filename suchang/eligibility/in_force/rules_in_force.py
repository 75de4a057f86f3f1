"""The intermediate form that every back end starts from: the rules in force, conditions de-duplicated and numbered.

``RulesInForce`` holds for all days of its period: between two days on which a rule, base, exclusion, waiver or named
condition begins or ends, only relative dates, ages and catalogues change with the day, and ``resolve_date``
resolves these. ``use`` and ``rule_met`` are already replaced by the number of what they name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from weakref import WeakKeyDictionary

from suchang.eligibility.dates import OPEN_END, checked_day
from suchang.eligibility.pack.condition_ast import AtLeast, Atom, Items, Leaf, Node, Not, RuleMet, Use
from suchang.eligibility.pack.model import Pack, Period, RuleKind, RuleVersion


@dataclass(frozen=True, slots=True)
class Group:
    """At least ``need`` of the numbered children; a child may occur twice, as written."""

    need: int
    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The opposite of a numbered condition."""

    child: int


@dataclass(frozen=True, slots=True)
class Never:
    """False: a rule that is referred to and not in force."""


Condition = Leaf | Items | Group | Negated | Never


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule on the days of an edition; ``condition`` is the number of its ``when``."""

    index: int
    """Its place in declared order among the rules in force."""
    condition: int
    version: RuleVersion

    @property
    def id(self) -> str:
        """The id of the rule."""
        return self.version.id


@dataclass(frozen=True, slots=True)
class TierInForce:
    """One tier: its gate (bases, exclusions, waivers) and the rules that give it, in declared order."""

    id: str
    rules: tuple[RuleInForce, ...]
    bases: tuple[RuleInForce, ...]
    exclusions: tuple[RuleInForce, ...]
    waivers: tuple[RuleInForce, ...]


@dataclass(frozen=True)
class RulesInForce:
    """The rules in force from ``period.start`` to ``period.end``."""

    pack: Pack
    period: Period
    conditions: tuple[Condition, ...]
    """Numbered so that children come before the conditions that use them; equal conditions have one number."""
    rules: tuple[RuleInForce, ...]
    """Declared order: the order in which ids first occur in the sorted files of rules/."""
    tiers: tuple[TierInForce, ...]
    """Best first."""
    not_in_force: tuple[str, ...]
    """Ids of the other rules of the pack: a tier rule among them is false."""

    @cached_property
    def by_id(self) -> Mapping[str, RuleInForce]:
        """Find a rule in force by its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def atoms(self) -> tuple[int, ...]:
        """Numbers of the leaves and item tests, ascending."""
        return tuple(number for number, each in enumerate(self.conditions) if isinstance(each, Atom))


_EDITIONS: WeakKeyDictionary[Pack, tuple[list[date], dict[int, RulesInForce]]] = WeakKeyDictionary()


def rules_in_force(pack: Pack, on: date) -> RulesInForce:
    """Return the edition for a day of the years 1900 to 2199; each is built once a pack."""
    checked_day(on)
    if pack not in _EDITIONS:
        _EDITIONS[pack] = (boundaries(pack), {})
    starts, built = _EDITIONS[pack]
    slot = bisect_right(starts, on)
    if slot not in built:
        start = starts[slot - 1] if slot else date.min
        end = starts[slot] - timedelta(days=1) if slot < len(starts) else OPEN_END
        built[slot] = _Numbering(pack, start if slot else end, Period(start, end)).edition()
    return built[slot]


def boundaries(pack: Pack) -> list[date]:
    """Return the days on which the rules or named conditions in force change, ascending, without the first of all."""
    days: set[date] = set()
    periods = [each.period for rules in pack.rules.values() for each in rules]
    periods += [each.period for conditions in pack.conditions.values() for each in conditions]
    for period in periods:
        days.add(period.start)
        if period.end != OPEN_END:
            days.add(period.end + timedelta(days=1))
    return sorted(days - {date.min})


class _Numbering:
    """Return every distinct condition of the rules in force a number, children first."""

    def __init__(self, pack: Pack, day: date, period: Period) -> None:
        self.pack, self.day, self.period = pack, day, period
        self.numbers: dict[Condition, int] = {}
        self.named: dict[tuple[str, str], int] = {}

    def edition(self) -> RulesInForce:
        """Number the conditions of the rules in force on the day."""
        rules: list[RuleInForce] = []
        absent: list[str] = []
        for name in self.pack.rules:
            version = self._rule_version(name)
            if version is None:
                absent.append(name)
            else:
                rules.append(RuleInForce(len(rules), self._rule(name), version))
        tiers = tuple(self._tier(tier.id, rules) for tier in self.pack.tiers)
        return RulesInForce(self.pack, self.period, tuple(self.numbers), tuple(rules), tiers, tuple(absent))

    @staticmethod
    def _tier(tier: str, rules: list[RuleInForce]) -> TierInForce:
        mine = [rule for rule in rules if tier in rule.version.tiers]
        kinds = {kind: tuple(rule for rule in mine if rule.version.kind is kind) for kind in RuleKind}
        return TierInForce(
            tier, kinds[RuleKind.TIER], kinds[RuleKind.BASE], kinds[RuleKind.EXCLUSION], kinds[RuleKind.WAIVER]
        )

    def _rule_version(self, name: str) -> RuleVersion | None:
        return next((each for each in self.pack.rules[name] if self.day in each.period), None)

    def _rule(self, name: str) -> int:
        key = ("rule", name)
        if key not in self.named:
            version = self._rule_version(name)
            self.named[key] = self._number(version.when) if version else self._put(Never())
        return self.named[key]

    def _use(self, name: str) -> int:
        key = ("use", name)
        if key not in self.named:
            version = next(each for each in self.pack.conditions[name] if self.day in each.period)
            self.named[key] = self._number(version.when)
        return self.named[key]

    def _number(self, node: Node) -> int:
        match node:
            case AtLeast():
                children = tuple(self._number(child) for child in node.children)
                return self._put(Group(node.need, children))
            case Not():
                return self._put(Negated(self._number(node.child)))
            case Use():
                return self._use(node.condition)
            case RuleMet():
                return self._rule(node.rule)
            case _:
                return self._put(node)

    def _put(self, condition: Condition) -> int:
        return self.numbers.setdefault(condition, len(self.numbers))
