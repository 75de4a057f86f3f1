"""Executable examples of a pack: given these facts, on this day, expect this. Officers read them and add their own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from suchang.domain.strict_yaml import Mapping as TreeMapping
from suchang.domain.strict_yaml import Scalar, Sequence
from suchang.eligibility.engine import Engine
from suchang.eligibility.errors import FactsInvalid, PackInvalid, Place
from suchang.eligibility.pack import reader
from suchang.eligibility.pack.files import Refused, read_yaml
from suchang.eligibility.pack.model import Fact, Field, Pack, Type
from suchang.eligibility.pack.reader import Notes, Skip, Value
from suchang.eligibility.single.determination import Determination

_EXPECT = ("tier", "possible_tier", "rule", "track", "valid_for", "met", "unknown", "nearest_miss", "status")


@dataclass(frozen=True, slots=True)
class Example:
    """One example as written."""

    place: Place
    sentence: str
    facts: Mapping[str, Any]
    on: date
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an example: passed when ``differences`` is empty."""

    example: Example
    differences: tuple[str, ...]


def read_examples(pack: Pack) -> list[Example]:
    """Read the examples of a pack's folder; PackInvalid lists what is wrong with them, facts included."""
    notes, found = Notes(), []
    root = Path(pack.root)
    for path in sorted((root / "cases").glob("*.yaml")):
        file = path.relative_to(root).as_posix()
        try:
            with suppress(Skip):
                found += _Examples(pack, notes).read(Value(read_yaml(path, file), file, notes))
        except Refused as refused:
            notes.problems.append(refused.problem)
    if notes.problems:
        raise PackInvalid(root.name, notes.problems)
    return found


def run_examples(pack: Pack, examples: list[Example]) -> list[Outcome]:
    """Run examples against the engine."""
    engine = Engine(pack)
    outcomes = []
    for example in examples:
        found = engine.determine(engine.parse_facts(example.facts), example.on, all_rules="status" in example.expect)
        outcomes.append(Outcome(example, tuple(_differences(example.expect, found))))
    return outcomes


class _Examples:
    """Read one file of examples."""

    def __init__(self, pack: Pack, notes: Notes) -> None:
        self.pack, self.notes = pack, notes
        self.engine = Engine(pack)

    def read(self, value: Value) -> list[Example]:
        keys = value.mapping(["cases"], ["people"])
        people = {}
        if "people" in keys:
            people = {name: self._facts(each) for name, each in keys["people"].free_mapping().items()}
        found = []
        for each in keys["cases"].items(100_000):
            with suppress(Skip):
                found.append(self._example(each, people))
        return found

    def _example(self, value: Value, people: Mapping[str, dict[str, Any]]) -> Example:
        keys = value.mapping(["case", "on", "expect"], ["like", "given"])
        facts: dict[str, Any] = {}
        if "like" in keys:
            facts |= people[keys["like"].one_of(people, "person of this file")]
        if "given" in keys:
            facts |= self._facts(keys["given"])
        try:
            self.engine.parse_facts(facts)
        except FactsInvalid as error:
            raise value.fail(error.detail) from None
        return Example(
            value.place, keys["case"].text("a sentence"), facts, keys["on"].day(), self._expect(keys["expect"])
        )

    def _facts(self, value: Value) -> dict[str, Any]:
        found = {}
        for name, each in value.free_mapping().items():
            fact = self.pack.facts.get(name)
            if fact is None:
                raise each.fail(f"facts.yaml has no fact {name!r}{reader.suggestion(name, self.pack.facts)}")
            found[name] = _json(each, fact)
        return found

    def _expect(self, value: Value) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, each in value.mapping([], _EXPECT).items():
            match name:
                case "met":
                    found[name] = self._names(each, self.pack.rules, "rule")
                case "unknown":
                    found[name] = self._unknown(each)
                case "nearest_miss":
                    tiers = [tier.id for tier in self.pack.tiers]
                    found[name] = {
                        tier: self._names(facts, self.pack.facts, "fact")
                        for tier, facts in each.free_mapping().items()
                        if _known(tier, tiers, each, "tier")
                    }
                case "status":
                    found[name] = {
                        rule: _truth(truth)
                        for rule, truth in each.free_mapping().items()
                        if _known(rule, self.pack.rules, truth, "rule")
                    }
                case "rule":
                    found[name] = None if each.is_null else each.one_of(self.pack.rules, "rule")
                case _:
                    found[name] = None if each.is_null else each.text()
        if not found:
            raise value.fail(f"expect at least one of {', '.join(_EXPECT)}")
        return found

    @staticmethod
    def _names(value: Value, known: Mapping[str, Any], what: str) -> list[str]:
        if isinstance(value.tree, Sequence) and not value.tree.items:
            return []
        return [each.one_of(known, what) for each in value.items()]

    def _unknown(self, value: Value) -> Any:
        if isinstance(value.tree, Sequence):
            return self._names(value, self.pack.rules, "rule")
        return {
            rule: self._names(facts, self.pack.facts, "fact")
            for rule, facts in value.free_mapping().items()
            if _known(rule, self.pack.rules, facts, "rule")
        }


def _known(name: str, names: Mapping[str, Any] | list[str], value: Value, what: str) -> bool:
    if name not in names:
        raise value.fail(f"{name!r} is no {what}{reader.suggestion(name, names)}")
    return True


def _truth(value: Value) -> bool | None:
    if value.is_null or (isinstance(value.tree, Scalar) and value.tree.text == "unknown"):
        return None
    return value.boolean()


def _json(value: Value, field: Field) -> Any:
    """Turn a YAML value into the JSON value that a facts file would hold, guided by the type of the fact."""
    if value.is_null:
        return None
    if isinstance(field, Fact) and field.is_list:
        if isinstance(value.tree, TreeMapping):
            keys = value.mapping(["items", "complete"])
            return {"items": _items(keys["items"], field), "complete": keys["complete"].boolean()}
        return _items(value, field)
    match field.type:
        case Type.BOOL:
            return value.boolean()
        case Type.INTEGER:
            return value.integer()
        case Type.DECIMAL:
            return value.decimal()
        case _:
            return value.text()


def _items(value: Value, fact: Fact) -> list[Any]:
    if isinstance(value.tree, Sequence) and not value.tree.items:
        return []
    return [_item(each, fact) for each in value.items()]


def _item(value: Value, fact: Fact) -> Any:
    if fact.type is Type.CODES:
        return _json(value, fact.fields[0])
    fields = {field.name: field for field in fact.fields}
    pairs = value.mapping([], list(fields)).items()
    return {name: _json(each, fields[name]) for name, each in pairs}


def _differences(expect: Mapping[str, Any], found: Determination) -> list[str]:
    """Say how a determination differs from what was expected."""
    answer = found.to_json()
    actual: dict[str, Any] = {key: answer[key] for key in ("tier", "possible_tier", "rule", "track", "valid_for")}
    actual["met"] = [each["rule"] for each in answer["met"]]
    actual["unknown"] = {each["rule"]: each["needs"] for each in answer["unknown"]}
    wanted_unknown = expect.get("unknown")
    if isinstance(wanted_unknown, dict):
        actual["unknown"] = {rule: actual["unknown"].get(rule) for rule in wanted_unknown}
    else:
        actual["unknown"] = list(actual["unknown"])
    near = {
        each["tier"]: list(dict.fromkeys(miss["fact"] for miss in each["missing"])) for each in answer["nearest_miss"]
    }
    actual["nearest_miss"] = {tier: near.get(tier, []) for tier in expect.get("nearest_miss", {})}
    actual["status"] = {rule: (found.status or {}).get(rule) for rule in expect.get("status", {})}
    return [
        f"{name}: expected {_shown(wanted)}, found {_shown(actual[name])}"
        for name, wanted in expect.items()
        if actual[name] != wanted
    ]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(each) for each in value) + "]"
    return {None: "null", True: "true", False: "false"}.get(value, str(value))
