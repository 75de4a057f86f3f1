"""Read the conditions of rules: the structured grammar of docs/rule-packs.md, typed against the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from suchang.eligibility.dates import MAX_YEARS, Relative, parse_duration
from suchang.eligibility.errors import Place
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
    Operand,
    Order,
    RuleMet,
    Test,
    Use,
)
from suchang.eligibility.pack.literals import constant, surely_reversed
from suchang.eligibility.pack.model import Fact, Field, Type
from suchang.eligibility.pack.reader import Value, suggestion

SHAPES = ("all", "any", "not", "at_least", "use", "rule_met", "fact")
ITEM_SHAPES = ("all", "any", "not", "at_least", "field")
_EQUAL = ("eq", "ne", "in", "known")
_RANGE = ("lt", "le", "gt", "ge", "between")
OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.BOOL: ("is_true", "eq", "ne", "known"),
    Type.INTEGER: _EQUAL + _RANGE,
    Type.DECIMAL: _EQUAL + _RANGE,
    Type.DATE: (*_EQUAL, *_RANGE, "within"),
    Type.ENUM: _EQUAL,
    Type.CODE: (*_EQUAL, "in_catalogue"),
    Type.TEXT: _EQUAL,
    Type.CODES: ("known",),
    Type.RECORDS: ("known",),
}
MAX_LIST, MAX_CHILDREN = 1000, 200


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that a condition uses and that must exist."""

    what: str
    name: str
    place: Place


@dataclass(slots=True)
class Grammar:
    """Read conditions against the facts of a pack, noting every name that they refer to."""

    facts: Mapping[str, Fact]
    references: list[Reference] = field(default_factory=list)
    used_facts: set[str] = field(default_factory=set)

    def condition(self, value: Value) -> Node:
        """Read the value of ``when``."""
        return self._node(value, None)

    def _node(self, value: Value, item: Fact | None) -> Node:
        """Read a condition; inside an item ``item`` is the list fact whose items are tested."""
        keys = value.free_mapping()
        shapes = [key for key in keys if key in (ITEM_SHAPES if item else SHAPES)]
        if item and item.type is Type.CODES and not shapes and "op" in keys:
            return self._leaf(value, item, item.fields[0], [])
        if len(shapes) != 1:
            raise value.fail(self._shape_message(keys, item))
        shape = shapes[0]
        if shape == "fact":
            return self._fact(value)
        if shape == "field":
            return self._field(value, item)
        value.mapping([shape])
        child = keys[shape]
        if shape in ("all", "any"):
            children = tuple(self._node(each, item) for each in child.items(MAX_CHILDREN))
            return AtLeast(len(children) if shape == "all" else 1, children)
        if shape == "not":
            return Not(self._node(child, item))
        if shape == "at_least":
            return self._at_least(child, item)
        what = "condition" if shape == "use" else "rule"
        name = child.text(f"the id of a {what}")
        self.references.append(Reference(what, name, child.place))
        return Use(name) if shape == "use" else RuleMet(name)

    @staticmethod
    def _shape_message(keys: Mapping[str, Value], item: Fact | None) -> str:
        if item:
            outer = [key for key in keys if key in ("fact", "use", "rule_met")]
            if outer:
                return f"{outer[0]!r} can't stand inside an item; inside, leaves name a field of the item"
            return "inside an item a condition is one of all, any, not, at_least or a leaf with field"
        if "field" in keys:
            return "'field' stands only inside any_item or where; here a leaf names a fact"
        return f"a condition has exactly one of the keys {', '.join(SHAPES)}"

    def _at_least(self, value: Value, item: Fact | None) -> Node:
        parts = value.mapping(["count", "of"])
        children = tuple(self._node(each, item) for each in parts["of"].items(MAX_CHILDREN))
        count = parts["count"].integer()
        if not 1 <= count <= len(children):
            raise parts["count"].fail(f"count must lie between 1 and {len(children)}, the number of conditions in 'of'")
        return AtLeast(count, children)

    def _fact(self, value: Value) -> Node:
        keys = value.free_mapping()
        name = keys["fact"].text("the name of a fact")
        fact = self.facts.get(name)
        if fact is None:
            raise keys["fact"].fail(f"facts.yaml has no fact {name!r}{suggestion(name, self.facts)}")
        self.used_facts.add(name)
        if "any_item" in keys or "count_items" in keys:
            return self._items(value, fact)
        return self._leaf(value, fact, fact, ["fact"])

    def _items(self, value: Value, fact: Fact) -> Node:
        keys = value.free_mapping()
        shape = "any_item" if "any_item" in keys else "count_items"
        value.mapping(["fact", shape])
        if not fact.is_list:
            raise value.fail(f"{fact.name} is no list; test it with op and value")
        if shape == "any_item":
            return Items(fact.name, self._node(keys[shape], fact))
        parts = keys[shape].mapping(["where", "ge"])
        return Items(fact.name, self._node(parts["where"], fact), parts["ge"].integer(1, 1000))

    def _field(self, value: Value, item: Fact | None) -> Node:
        if item is None:
            raise value.fail("a field stands only inside an item")
        name = value.free_mapping()["field"].text("the name of a field")
        known = [each.name for each in item.fields if each.name]
        if name not in known:
            hint = suggestion(name, known) if known else "; an item of a list of codes has none, write op and value"
            raise value.fail(f"items of {item.name} have no field {name!r}{hint}")
        return self._leaf(value, item, item.field_named(name), ["field"])

    def _leaf(self, value: Value, fact: Fact, subject: Field, named: list[str]) -> Leaf:
        keys = value.free_mapping()
        if "age" in keys:
            value.mapping([*named, "age"])
            test: Test = self._age(keys["age"], subject)
        else:
            test = self._test(value, named, fact, subject)
        return Leaf(fact.name, test, None if subject is fact else subject.name)

    def _age(self, value: Value, subject: Field) -> Age:
        if subject.type is not Type.DATE:
            raise value.fail(f"an age needs a date of birth, and {subject.name} is of type {subject.type}")
        parts = value.free_mapping()
        if len(parts) != 1 or (order := next(iter(parts))) not in ("lt", "le", "gt", "ge"):
            raise value.fail("an age is written as {lt: 35}, {le: 35}, {gt: 35} or {ge: 35}")
        return Age(Order(order), parts[order].integer(0, MAX_YEARS // 2))

    def _test(self, value: Value, named: list[str], fact: Fact, subject: Field) -> Test:
        keys = value.free_mapping()
        if "op" not in keys:
            hint = " (or any_item, count_items)" if fact.is_list and subject is fact else ""
            raise value.fail(f"the key 'op' is missing{hint}")
        allowed = OPERATORS[subject.type] + (_RANGE if subject.ordered else ())
        operator = keys["op"].text("an operator")
        if operator not in allowed:
            raise keys["op"].fail(self._operator_message(operator, subject, allowed))
        if operator in ("is_true", "known"):
            value.mapping([*named, "op"])
            return IsTrue() if operator == "is_true" else Known()
        value.mapping([*named, "op", "value"], ["at"] if operator == "in_catalogue" else [])
        operand = keys["value"]
        if operator == "in_catalogue":
            return self._in_catalogue(keys, fact if subject is not fact else None)
        if operator == "within":
            return Between(self._within(operand), Relative(0, 0))
        if operator == "between":
            return self._between(operand, subject)
        if operator == "in":
            values = tuple(constant(each, subject) for each in operand.items(MAX_LIST))
            if len(set(values)) != len(values):
                raise operand.fail("a value stands in the list twice")
            return OneOf(values)
        return Compare(Order(operator), self._operand(operand, subject))

    @staticmethod
    def _operator_message(operator: str, subject: Field, allowed: tuple[str, ...]) -> str:
        if operator in _RANGE and subject.type is Type.ENUM:
            return f"{subject.name} has no order; declare 'ordered: true' in facts.yaml to use {operator}"
        if subject.type in (Type.CODES, Type.RECORDS):
            return f"{subject.name} is a list; test its items with any_item or count_items"
        return f"{operator!r} is no operator for type {subject.type}; use {', '.join(allowed)}"

    def _in_catalogue(self, keys: Mapping[str, Value], item: Fact | None) -> Test:
        name = keys["value"].text("the name of a catalogue")
        self.references.append(Reference("catalogue", name, keys["value"].place))
        if "at" not in keys:
            return InCatalogue(name)
        at = keys["at"].text("as_of or a date field of the item")
        if at == "as_of":
            return InCatalogue(name)
        dates = [each.name for each in item.fields if each.type is Type.DATE] if item else []
        if at not in dates:
            hint = suggestion(at, dates)
            raise keys["at"].fail(f"at must be as_of or a date field of the same item, not {at!r}{hint}")
        return InCatalogue(name, at)

    @staticmethod
    def _within(value: Value) -> Relative:
        back = parse_duration(value.duration(), signed=False)
        return Relative(-back.months, -back.days)

    def _between(self, value: Value, subject: Field) -> Between:
        ends = value.items()
        if len(ends) != 2:
            raise value.fail("between needs two values: [lowest, highest], both included")
        low, high = (self._operand(each, subject) for each in ends)
        if surely_reversed(low, high, subject):
            raise value.fail("nothing lies between these two: the first is larger than the second")
        return Between(low, high)

    def _operand(self, value: Value, subject: Field) -> Operand:
        if subject.type is Type.DATE and not hasattr(value.tree, "text"):
            text = value.mapping(["as_of"])["as_of"].text("a distance such as -P5Y")
            try:
                return parse_duration(text, signed=True)
            except ValueError:
                raise value.fail(f"{text!r} is no distance; write -P5Y, P0D or +P6M, at most 200 years") from None
        return constant(value, subject)
