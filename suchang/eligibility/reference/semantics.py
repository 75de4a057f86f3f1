"""The meaning of rules, written as plainly as possible: slow, obvious, and the judge of every back end.

Only the loader's values (model.py, tree.py) are shared with the compiler: facts are read again here, dates are computed
again, and each rule of docs/rule-packs.md stands as one function. True, False and None are T, F and U.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from math import inf
from typing import Any

from suchang.eligibility.pack.condition_ast import (
    Age,
    AtLeast,
    Between,
    Compare,
    InCatalogue,
    IsTrue,
    Items,
    Known,
    Leaf,
    Node,
    Not,
    OneOf,
    RuleMet,
    Use,
)
from suchang.eligibility.pack.model import Fact, Field, Pack, RuleKind, RuleVersion, Type

Value = bool | None
_RANK = {False: 0, None: 1, True: 2}


def conjunction(values: list[Value]) -> Value:
    """All: the least of the values."""
    return min(values, key=lambda value: _RANK[value], default=True)


def disjunction(values: list[Value]) -> Value:
    """Any: the greatest of the values."""
    return max(values, key=lambda value: _RANK[value], default=False)


def negation(value: Value) -> Value:
    """Not: true and false change places."""
    return None if value is None else not value


def at_least(count: int, values: list[Value]) -> Value:
    """At least n: true when so many are true, false when even the unknown ones would not be enough."""
    if values.count(True) >= count:
        return True
    return False if values.count(True) + values.count(None) < count else None


def shifted(day: date, months: int, days: int) -> date:
    """Move a date by months, clamping to the month's end, then by days."""
    total = day.year * 12 + (day.month - 1) + months
    year, month = total // 12, total % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(days=days)


def age_on(birth: date, on: date) -> int:
    """Count completed years; somebody born on 29 February completes one on 1 March of a common year."""
    years = on.year - birth.year
    return years if (on.month, on.day) >= (birth.month, birth.day) else years - 1


class Meaning:
    """The rules of a pack for one person on one day."""

    def __init__(self, pack: Pack, facts: Mapping[str, Any], on: date) -> None:
        self.pack, self.facts, self.on = pack, facts, on
        self.rules = {
            name: version for name, several in pack.rules.items() for version in several if on in version.period
        }

    # --- values

    def fact_value(self, fact: Fact) -> Any:
        """Return a fact as a value to compare, a list of items, or None."""
        given = self.facts.get(fact.name)
        if given is None:
            return False if fact.register else None
        return given if fact.type in (Type.CODES, Type.RECORDS) else self.read(fact, given)

    @staticmethod
    def read(field: Field, given: Any) -> Any:
        """Turn a JSON value into one that compares."""
        if given is None:
            return None
        if field.type is Type.DATE:
            return date(9999, 12, 31) if given == "open" else date.fromisoformat(str(given))
        if field.type is Type.DECIMAL:
            return Decimal(str(given))
        return given

    def items(self, fact: Fact) -> tuple[list[Any] | None, bool]:
        """Return the items of a list, and whether there are no others."""
        given = self.fact_value(fact)
        if isinstance(given, Mapping):
            return list(given["items"]), bool(given.get("complete", True))
        return (None, True) if given is None else (list(given), True)

    def value(self, node: Node) -> Value:
        """Return the value of a condition."""
        match node:
            case AtLeast():
                return at_least(node.need, [self.value(child) for child in node.children])
            case Not():
                return negation(self.value(node.child))
            case Use():
                return self.value(self.condition(node.condition))
            case RuleMet():
                return self.status(node.rule)
            case Items():
                return self.items_value(node)
            case Leaf():
                fact = self.pack.facts[node.fact]
                if fact.type in (Type.CODES, Type.RECORDS):
                    return True if self.items(fact)[0] is not None else None
                return self.test(node, fact, self.fact_value(fact), None)

    def condition(self, name: str) -> Node:
        """Return the named condition that is in force."""
        return next(version.when for version in self.pack.conditions[name] if self.on in version.period)

    def status(self, name: str) -> Value:
        """Return the value of a rule's ``when``; false when it is not in force."""
        return self.value(self.rules[name].when) if name in self.rules else False

    def counted(self, node: Items) -> tuple[int, float] | None:
        """Count the items that pass and those of which it is unknown; None when the list is unknown."""
        fact = self.pack.facts[node.fact]
        items, complete = self.items(fact)
        if items is None:
            return None
        values = [self.item_value(node.where, fact, item) for item in items]
        return values.count(True), values.count(None) if complete else inf

    def items_value(self, node: Items) -> Value:
        """Return the value of a test of a list."""
        counted = self.counted(node)
        if counted is None:
            return None
        true, unknown = counted
        if true >= node.need:
            return True
        return False if true + unknown < node.need else None

    def item_value(self, node: Node, fact: Fact, item: Any) -> Value:
        """Return the value of a test of one item."""
        match node:
            case AtLeast():
                return at_least(node.need, [self.item_value(child, fact, item) for child in node.children])
            case Not():
                return negation(self.item_value(node.child, fact, item))
            case Leaf():
                field = fact.field_named(node.field or "")
                fields = item if fact.type is Type.RECORDS else {"": item}
                given = None if item is None else fields.get(field.name)
                return self.test(node, field, self.read(field, given), None if item is None else fields)
            case _:
                raise TypeError(node)

    def test(self, leaf: Leaf, field: Field, value: Any, item: Any) -> Value:
        """Test one value; an absent one is unknown."""
        if value is None:
            return None
        test = leaf.test
        match test:
            case IsTrue():
                return value is True
            case Known():
                return True
            case Age():
                return self.compare(test.order, age_on(value, self.on), test.years)
            case OneOf():
                return value in test.operands
            case InCatalogue():
                day: date | None = self.on
                if test.at is not None:
                    day = self.read(self.pack.facts[leaf.fact].field_named(test.at), item.get(test.at))
                if day is None:
                    return None
                entries = self.pack.catalogues[test.catalogue].entries
                return any(entry.code == value and entry.period.start <= day <= entry.period.end for entry in entries)
            case Between():
                low, high = self.operand(test.low, field), self.operand(test.high, field)
                return bool(low <= self.placed(value, field) <= high)
            case Compare():
                return self.compare(test.order, self.placed(value, field), self.operand(test.operand, field))

    def operand(self, operand: Any, field: Field) -> Any:
        """Return an operand as a value to compare."""
        if hasattr(operand, "months"):
            return shifted(self.on, operand.months, operand.days)
        return self.placed(operand, field)

    @staticmethod
    def placed(value: Any, field: Field) -> Any:
        """Return an enumeration's place in its order; other values are as they are."""
        return field.values.index(value) if field.type is Type.ENUM else value

    @staticmethod
    def compare(order: str, left: Any, right: Any) -> bool:
        """Compare two values."""
        verdicts: dict[str, bool] = {
            "eq": left == right,
            "ne": left != right,
            "lt": order == "lt" and left < right,
            "le": order == "le" and left <= right,
            "gt": order == "gt" and left > right,
            "ge": order == "ge" and left >= right,
        }
        return verdicts[str(order)]

    # --- rules

    def of_kind(self, kind: RuleKind, tier: str) -> list[RuleVersion]:
        """Return the rules of a kind that are in force for a tier, in declared order."""
        return [rule for rule in self.rules.values() if rule.kind is kind and tier in rule.tiers]

    def gate(self, tier: str) -> Value:
        """Return the value of a tier's gate."""
        parts = [negation(self.status(rule.id)) for rule in self.of_kind(RuleKind.EXCLUSION, tier)]
        for base in self.of_kind(RuleKind.BASE, tier):
            waivers = [waiver for waiver in self.of_kind(RuleKind.WAIVER, tier) if base.id in waiver.waives]
            parts.append(disjunction([self.status(base.id), *(self.status(waiver.id) for waiver in waivers)]))
        return conjunction(parts)
