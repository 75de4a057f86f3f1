"""One person at a time: this engine beside zen-engine and CEL on the 60-rule policy."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measure import Result, interleaved
from benchmarks.openfisca_peer import OpenFisca, one_person
from benchmarks.policy60.people import rows
from benchmarks.policy60.rules import EPOCH, in_force
from benchmarks.policy60.translate import NAMES, ON, TIERS, TYPES, write_pack
from suchang.eligibility import Engine, load_pack

FEW = 50
"""So many people are enough for the slowest peer."""
# What stands for unknown where a peer has no third value: chosen so that every comparison with it is false.
ABSENT = {"age": 999, "award_date": -1, **dict.fromkeys(("ins_years", "income", "contract", "hours"), -1.0)}


def single(people: int, rounds: int) -> list[Result]:
    """Measure; AssertionError when the peers don't give the same tier to everybody."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(load_pack(write_pack(Path(folder, "pack"))))
    given = list(rows(people))
    plain = [as_peers_take_it(person) for person in given]
    records = [engine.parse_facts(person) for person in given]
    day = engine.day(ON)
    zen, table, cel, fisca = zen_expression(), zen_table(), cel_tier(), openfisca_tier(plain[0])
    tiers = [day.tier(record) for record in records]
    for name, tier in (("zen-engine", zen), ("zen-engine table", table), ("CEL", cel), ("OpenFisca", fisca)):
        found = [tier(person) for person in plain]
        assert found == tiers, f"{name} disagrees on {sum(a != b for a, b in zip(found, tiers, strict=True))} people"
    assert [day.determine(record).tier for record in records] == tiers
    return interleaved(
        [
            ("tier only", lambda: each(day.tier, records)),
            ("determination: all rules, proof, needs, near misses", lambda: each(day.determine, records)),
            ("the same with texts, as JSON bytes", lambda: each(lambda one: day.determine(one).canonical(), records)),
            ("facts from JSON values, checked", lambda: each(engine.parse_facts, given)),
            ("zen-engine compiled expression, tier only", lambda: each(zen, plain)),
            ("zen-engine decision table, tier only", lambda: each(table, plain)),
            ("CEL, tier only", lambda: each(cel, plain)),
            ("OpenFisca-core, tier only", lambda: each(fisca, plain[:FEW])),
        ],
        rounds,
    )


def each(call: Callable[[Any], Any], several: Iterable[Any]) -> int:
    """Call for every person; give how many they were."""
    count = 0
    for one in several:
        call(one)
        count += 1
    return count


def as_peers_take_it(person: dict[str, Any]) -> dict[str, Any]:
    """Return a person as the peers take one: numbers, lists of numbers, stand-ins for what is unknown."""
    answer: dict[str, Any] = {}
    for name in NAMES:
        value = person.get(name)
        if value is None:
            value = ABSENT.get(name, -1)
        elif name == "award_date":
            value = date.fromisoformat(value).toordinal() - EPOCH
        elif TYPES.get(name) == "list of codes":
            value = [int(code) for code in value]
        elif TYPES.get(name) == "decimal":
            value = float(value)
        answer[name] = value
    return answer


ZEN_WORDS = {"all": " and ", "any": " or ", "any_in": "some({f}, # in {v})", "not_in": "{f} not in {v}"}


def zen_expression() -> Callable[[dict[str, Any]], str | None]:
    """Return the policy as one compiled expression of zen-engine, a chain of conditions: its fastest way."""
    import zen

    chain = "-1"
    for rule in reversed(in_force()):
        chain = f"({_expression(rule['when'], ZEN_WORDS, float_numbers=False)}) ? {rule['tier'] - 1} : ({chain})"
    compiled = zen.compile_expression(chain)

    def tier(person: dict[str, Any]) -> str | None:
        place = compiled.evaluate(person)
        return None if place < 0 else TIERS[int(place)]

    return tier


def zen_table() -> Callable[[dict[str, Any]], str | None]:
    """Return the policy as a decision table of zen-engine: one row a rule, the first that holds decides."""
    import zen

    table = [
        {"_id": str(place), "c": _expression(rule["when"], ZEN_WORDS, float_numbers=False), "o": str(rule["tier"] - 1)}
        for place, rule in enumerate(in_force())
    ]
    table.append({"_id": "none", "c": "", "o": "-1"})
    content = {"hitPolicy": "first", "inputs": [{"id": "c", "name": "c"}], "rules": table}
    content["outputs"] = [{"id": "o", "name": "o", "field": "tier"}]
    at = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "i", "type": "inputNode", "name": "i", **at},
        {"id": "t", "type": "decisionTableNode", "name": "t", "content": content, **at},
        {"id": "x", "type": "outputNode", "name": "x", **at},
    ]
    edges = [{"id": a + b, "sourceId": a, "targetId": b, "type": "edge"} for a, b in ("it", "tx")]
    graph = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    decision = zen.ZenEngine().create_decision(json.dumps(graph))

    def tier(person: dict[str, Any]) -> str | None:
        place = decision.evaluate(person)["result"]["tier"]
        return None if place < 0 else TIERS[int(place)]

    return tier


def cel_tier() -> Callable[[dict[str, Any]], str | None]:
    """Return the policy as one CEL expression a tier (its parser nests no deeper), asked from the best tier on."""
    import cel

    words = {"all": " && ", "any": " || ", "any_in": "{f}.exists(x, x in {v})", "not_in": "!({f} in {v})"}
    rules = in_force()
    programs = []
    for place, tier in enumerate(TIERS):
        ways = [_expression(rule["when"], words, float_numbers=True) for rule in rules if rule["tier"] == place + 1]
        programs.append((tier, cel.compile(" || ".join(ways))))

    def tier_of(person: dict[str, Any]) -> str | None:
        return next((tier for tier, program in programs if program.execute(person)), None)

    return tier_of


def openfisca_tier(anybody: dict[str, Any]) -> Callable[[dict[str, Any]], str | None]:
    """Return OpenFisca for one person at a time, with the inputs made ready beforehand."""
    peer = OpenFisca(one_person(anybody))
    places = (*TIERS, None)
    ready: dict[int, dict[str, Any]] = {}

    def tier(person: dict[str, Any]) -> str | None:
        inputs = ready.get(id(person)) or ready.setdefault(id(person), one_person(person))
        return places[int(peer.places(inputs, 1)[0])]

    return tier


def _expression(node: dict[str, Any], words: dict[str, str], *, float_numbers: bool) -> str:
    for shape in ("all", "any"):
        if shape in node:
            parts = [_expression(child, words, float_numbers=float_numbers) for child in node[shape]]
            return f"({words[shape].join(parts)})"
    fact, operator, value = node["f"], node["op"], node["v"]
    if float_numbers and TYPES.get(fact) == "decimal":
        value = float(value)
    shown = json.dumps(value)
    if operator in ("any_in", "not_in"):
        return words[operator].format(f=fact, v=shown)
    return f"{fact} {({'is': '==', 'eq': '==', 'ge': '>=', 'le': '<=', 'in': 'in'})[operator]} {shown}"
