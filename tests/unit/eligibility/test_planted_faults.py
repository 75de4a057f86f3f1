"""The comparison with the reference can fail: each fault planted in the generated code is caught by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine, Pack
from suchang.eligibility.reference.interpreter import Answer, determine
from suchang.eligibility.single import expression_codegen, function_codegen, near_miss_search
from tests.unit.eligibility.strategies import (
    DAYS,
    DEGREES,
    FACTS,
    HEAD,
    LABEL,
    Files,
    days,
    load,
    packs,
    people,
    spelled,
    yaml,
)
from tests.unit.eligibility.test_single_against_reference import differences

Plant = Callable[[pytest.MonkeyPatch], None]


def source(pattern: str, replacement: str) -> Plant:
    """Plant a fault by changing the generated source wherever a pattern occurs."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        written = function_codegen.Writer._unit

        def faulty(*arguments: Any, **named: Any) -> function_codegen.Unit:
            unit = written(*arguments, **named)
            return function_codegen.Unit(re.sub(pattern, replacement, unit.source), unit.constants)

        patch.setattr(function_codegen.Writer, "_unit", faulty)

    return plant


def function(module: Any, name: str, faulty: Callable[..., Any]) -> Plant:
    """Plant a fault by replacing a function; the fault gets the right function first."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        right = getattr(module, name)
        patch.setattr(module, name, lambda *arguments, **named: faulty(right, *arguments, **named))

    return plant


def no_waivers(right: Any, tiers: Any, size: int) -> list[Any]:
    return list(right(tiers, size)) if size == 0 else []


FAULTS: dict[str, Plant] = {
    "at least becomes above": source(r"(f\d+) >= ", r"\1 > "),
    "below becomes at most": source(r"(f\d+) < ", r"\1 <= "),
    "the last day of a span is left out": source(r"(K\d+ <= \w+) <= K", r"\1 < K"),
    "unknown booleans count as false": source(r"(\w+) is False", r"\1 is not True"),
    "a code is forgotten": function(expression_codegen, "members", lambda right, test: right(test) - {"a"}),
    "unknown texts are in every set": source(r"(f\d+) in (K\d+)", r"(\1 is None or \1 in \2)"),
    "any becomes all": source(r"(\bf\d+[^()]*) or ", r"\1 and "),
    "all becomes any": source(r"(\bf\d+[^()]*) and (?!not K)", r"\1 or "),
    "one too few is enough": source(r"\) >= (\d+)\)", r") >= \1 - 1)"),
    "an incomplete list counts as complete": source(r"if not complete: return False", "pass"),
    "one item more is needed": source(r"if t >= (\d+): return True", r"if t > \1: return True"),
    "an incomplete list lacks like a complete one": source(r"if not complete or k <= u", "if k <= u"),
    "an unknown list lacks every item": source(r"if complete is None: return unit \+ base", "pass"),
    "the dearer of two branches is taken": source(r"if (c\d+) < (c\d+): ", r"if \1 > \2: "),
    "the later of two equal rules wins": source(r"if c >= best: break", "if c > best | 1023: break"),
    "near misses forget the gate": source(r"c = g\b", "c = 0"),
    "a closed gate grants": source(r"if g\d+ and ", "if "),
    "one condition less is changed": source(r"\)\)\[:(\d+)\]\)", r"))[:\1 - 1])"),
    "waivers are forgotten in near misses": function(near_miss_search, "combinations", no_waivers),
    "ages are a day off": function(
        import_module("suchang.eligibility.in_force.resolve_date"),
        "born_by",
        lambda right, on, years: right(on, years) - timedelta(days=1),
    ),
    "listings end a day early": function(
        expression_codegen, "_ordinals", lambda right, each: (right(each)[0], right(each)[1] - 1)
    ),
}


LISTED = """code,label_zh,label_en,from,to
a,名,a,,2024-02-29
b,名,b,2024-02-29,2025-02-28
c,名,c,2023-12-31,2025-12-31
d,名,d,,2024-02-28
"""
Asked = tuple[Pack, dict[str, Any], date, Answer]


def dense_pack() -> Files:
    """Write a pack in which every operator of every type is a rule of its own, so that no fault can hide."""
    leaves: list[dict[str, Any]] = [{"fact": "flag", "op": "is_true"}, {"fact": "sign", "op": "eq", "value": False}]
    samples = {"years": [1, 2], "income": [Decimal("1.5"), 2], "until": [DAYS[1], DAYS[3]], "degree": DEGREES[1:3]}
    for fact, (low, high) in samples.items():
        leaves += [{"fact": fact, "op": order, "value": low} for order in ("eq", "ne", "lt", "le", "gt", "ge")]
        leaves += [{"fact": fact, "op": "between", "value": [low, high]}, {"fact": fact, "op": "in", "value": [high]}]
    leaves += [{"fact": "born", "age": {order: 1}} for order in ("lt", "le", "gt", "ge")]
    leaves += [{"fact": "until", "op": "within", "value": span} for span in ("P1M", "P1Y")]
    leaves += [{"fact": "qualification", "op": "in_catalogue", "value": "first"}, {"fact": "prizes", "op": "known"}]
    leaves += [{"fact": "colour", "op": "in", "value": ["red", "green"]}, {"fact": "remark", "op": "ne", "value": "a"}]
    of_item = {"all": [{"field": "code", "op": "in_catalogue", "value": "first", "at": "date"}]}
    of_item["all"].append({"field": "rank", "op": "le", "value": 1})
    lists = [{"fact": "prizes", "count_items": {"where": of_item, "ge": count}} for count in (1, 2, 3)]
    lists.append({"fact": "prizes", "any_item": of_item["all"][0]})
    lists.append({"fact": "honours", "any_item": {"op": "in_catalogue", "value": "first"}})
    several = [leaves[0], leaves[3], leaves[12], lists[1]]
    groups = [{"at_least": {"count": count, "of": several}} for count in (1, 2, 3, 4)]
    rules = [{"kind": "tier", "tiers": ["BC"[place % 2]], "when": when} for place, when in enumerate(leaves + lists)]
    rules += [{"kind": "tier", "tiers": ["A"], "when": {"not": when}} for when in (*groups, lists[3])]
    rules += [{"kind": "tier", "tiers": ["A"], "when": when} for when in groups]
    rules += [{"kind": "base", "tiers": ["A", "B"], "when": {"any": [leaves[1], lists[0]]}}]
    rules += [{"kind": "exclusion", "tiers": ["B"], "when": {"fact": "barred", "op": "is_true"}}]
    base = f"r{len(rules) - 2}"
    rules += [{"kind": "waiver", "tiers": ["A"], "waives": [base], "when": each} for each in (leaves[5], several[0])]
    about = {"name": LABEL, "source": {"document": "doc", "section": "1"}}
    facts = {
        name: spelled({**fact, "label": LABEL, "effort": 2 + place}) for place, (name, fact) in enumerate(FACTS.items())
    }
    return {
        "pack.yaml": yaml({**HEAD, "documents": [{"id": "doc", "title": LABEL}]}),
        "facts.yaml": yaml({"facts": facts}),
        "catalogues/first.csv": LISTED,
        "rules/all.yaml": yaml({"rules": [{"id": f"r{place}", **rule, **about} for place, rule in enumerate(rules)]}),
    }


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Draw so many values, the same ones each time."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def gather(value: Any) -> None:
        found.append(value)

    gather()
    return found


@pytest.fixture(scope="module")
def corpus() -> list[Asked]:
    """Ask the reference about people of the dense pack and of some random ones."""
    asked: list[Asked] = []
    on_the_edge = [
        ("a", "2024-02-29"),
        ("b", "2024-02-29"),
        ("b", "2025-02-28"),
        ("c", "2025-12-31"),
        ("d", "2024-02-28"),
    ]
    somebody = [{"prizes": [{"code": code, "date": day, "rank": 1}]} for code, day in on_the_edge]
    somebody += [{"until": day.isoformat(), "born": day.isoformat(), "income": "1.5", "years": 2} for day in DAYS]
    somebody += drawn(people(), 60)
    for files, count in [(dense_pack(), 70), *((files, 6) for files in drawn(packs(), 25))]:
        pack = load(files)
        several = days(pack)
        for place, facts in enumerate(somebody[:count]):
            for on in (several[place % len(several)], several[(place * 5 + 2) % len(several)]):
                asked.append((pack, facts, on, determine(pack, facts, on)))
    return asked


def first_difference(corpus: list[Asked]) -> str | None:
    """Ask the engine what the reference was asked, until it says something else."""
    engines: dict[int, Engine] = {}
    for pack, facts, on, meant in corpus:
        engine = engines.setdefault(id(pack), Engine(pack))
        try:
            found = differences(pack, engine, facts, on, meant)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            return repr(error)
        if found:
            return found[0]
    return None


def test_comparison_passes_when_nothing_is_planted(corpus: list[Asked]) -> None:
    assert first_difference(corpus) is None


@pytest.mark.parametrize("fault", FAULTS)
def test_comparison_fails_when_a_fault_is_planted(
    fault: str, corpus: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[fault](monkeypatch)
    assert first_difference(corpus) is not None


def first_gap_in_a_proof(corpus: list[Asked]) -> str | None:
    """Ask the reference about the facts of a proof alone, until they don't prove the rule."""
    for pack, facts, on, _ in [asked for asked in corpus if asked[3].met][:40]:
        engine = Engine(pack)
        found = engine.determine(engine.parse_facts(facts), on)
        for met in found.met[:3]:
            named = {reason["fact"] for reason in found.to_json()["met"][found.met.index(met)]["because"]}
            alone = {name: value for name, value in facts.items() if name in named}
            if met.rule.id not in determine(pack, alone, on).met:
                return met.rule.id
    return None


def test_proofs_hold_alone_until_one_leaves_a_condition_out(
    corpus: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first_gap_in_a_proof(corpus) is None
    source(r"(?m)^  m \|= 1$", "  pass")(monkeypatch)
    assert first_gap_in_a_proof(corpus) is not None
