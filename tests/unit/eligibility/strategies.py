"""Random packs, random people and days around every boundary, for all back ends.

``packs()`` draws the files of a pack (so that the loader is tested too), ``load`` writes and loads them, ``people()``
draws facts as JSON values and ``days(pack)`` gives the days worth asking about. Values come from small ranges, so that
rules are met, missed and left open often.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.unit.eligibility.vocabulary import (
    CODES,
    DAYS,
    DEGREES,
    DISTANCES,
    FACTS,
    HEAD,
    LABEL,
    SPANS,
    Files,
    days,
    load,
    spelled,
    yaml,
)

__all__ = ["DAYS", "DEGREES", "FACTS", "HEAD", "LABEL", "Files", "days", "load", "packs", "people", "spelled", "yaml"]


def constants(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Draw a constant of a field's type."""
    match field["type"]:
        case "bool":
            return st.booleans()
        case "integer":
            return st.integers(-1, 3)
        case "decimal":
            return st.sampled_from([Decimal(text) for text in ("-0.5", "0", "0.0001", "1.5", "2", "2.0001")])
        case "date":
            return st.sampled_from(DAYS)
        case "enum":
            return st.sampled_from(field["values"])
        case _:
            return st.sampled_from(CODES)


@st.composite
def tests(draw: st.DrawFn, field: dict[str, Any], dates: list[str]) -> dict[str, Any]:
    """Draw the test of a leaf: everything but its fact or field."""
    kind = field["type"]
    known = {"op": "known"}
    if kind == "bool":
        return draw(
            st.sampled_from([{"op": "is_true"}, {"op": "eq", "value": False}, {"op": "ne", "value": True}, known])
        )
    if kind in ("list of codes", "list of records"):
        return known
    ordered = kind in ("integer", "decimal", "date") or field.get("ordered")
    shapes = ["eq", "ne", "in", "known"] + (["lt", "le", "gt", "ge", "between"] * 2 if ordered else [])
    shapes += {"date": ["within", "within", "age", "relative"], "code": ["in_catalogue"] * 6}.get(kind, [])
    shape = draw(st.sampled_from(shapes))
    constant = constants(field)
    match shape:
        case "known":
            return known
        case "in":
            return {"op": "in", "value": draw(st.lists(constant, min_size=1, max_size=3, unique=True))}
        case "between":
            ends = draw(st.tuples(constant, constant))
            key = field["values"].index if kind == "enum" else lambda value: value
            return {"op": "between", "value": sorted(ends, key=key)}
        case "within":
            return {"op": "within", "value": draw(st.sampled_from(SPANS))}
        case "relative":
            operator = draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]))
            return {"op": operator, "value": {"as_of": draw(st.sampled_from(DISTANCES))}}
        case "age":
            return {"age": {draw(st.sampled_from(["lt", "le", "gt", "ge"])): draw(st.integers(0, 3))}}
        case "in_catalogue":
            at = {"at": draw(st.sampled_from(["as_of", *dates]))} if dates and draw(st.booleans()) else {}
            return {"op": "in_catalogue", "value": draw(st.sampled_from(["first", "second"])), **at}
        case _:
            return {"op": shape, "value": draw(constant)}


@st.composite
def item_conditions(draw: st.DrawFn, fields: dict[str, Any], depth: int = 2) -> dict[str, Any]:
    """Draw a condition on one item."""
    shape = draw(st.sampled_from(["leaf", "leaf", "leaf", "all", "any", "not", "at_least"] if depth else ["leaf"]))
    if shape == "leaf":
        name = draw(st.sampled_from(list(fields)))
        dates = [each for each, field in fields.items() if field["type"] == "date"]
        return {**({"field": name} if name else {}), **draw(tests(fields[name], dates))}
    return draw(groups(shape, item_conditions(fields, depth - 1)))


@st.composite
def groups(draw: st.DrawFn, shape: str, child: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Draw a condition over further ones."""
    if shape == "not":
        return {"not": draw(child)}
    children = draw(st.lists(child, min_size=1, max_size=4 if shape == "at_least" else 3))
    if shape == "at_least":
        return {"at_least": {"count": draw(st.integers(1, len(children))), "of": children}}
    return {shape: children}


@st.composite
def conditions(draw: st.DrawFn, named: tuple[str, ...], rules: tuple[str, ...], depth: int = 3) -> dict[str, Any]:
    """Draw a condition that may refer to named conditions and rules."""
    shapes = ["leaf", "leaf", "items", "items"] + (["all", "all", "any", "any", "not", "at_least"] if depth else [])
    shapes += (["use", "use"] if named else []) + (["rule_met"] if rules else [])
    shape = draw(st.sampled_from(shapes))
    if shape == "use":
        return {"use": draw(st.sampled_from(named))}
    if shape == "rule_met":
        return {"rule_met": draw(st.sampled_from(rules))}
    if shape == "leaf":
        name = draw(st.sampled_from(list(FACTS)))
        return {"fact": name, **draw(tests(FACTS[name], []))}
    if shape == "items":
        name = draw(st.sampled_from(["honours", "prizes", "prizes", "plans"]))
        where = draw(item_conditions(FACTS[name].get("fields", {"": {"type": "code"}})))
        if draw(st.booleans()):
            return {"fact": name, "any_item": where}
        return {"fact": name, "count_items": {"where": where, "ge": draw(st.integers(1, 3))}}
    return draw(groups(shape, conditions(named, rules, depth - 1)))


@st.composite
def versions(draw: st.DrawFn, *, whole: bool) -> list[dict[str, Any]]:
    """Draw the periods of the versions of one id; ``whole`` ones leave no day out."""
    shape = draw(st.sampled_from(["always", "always", "amended"] + ([] if whole else ["from", "to", "gap"])))
    day = draw(st.sampled_from(DAYS))
    before, after = {"to": day - timedelta(days=1)}, {"from": day}
    return {
        "always": [{}],
        "amended": [{"in_force": before}, {"in_force": after}],
        "from": [{"in_force": after}],
        "to": [{"in_force": before}],
        "gap": [{"in_force": before}, {"in_force": {"from": day + timedelta(days=2)}}],
    }[shape]


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw facts.yaml: the same vocabulary with random efforts."""
    answer = {}
    for name, fact in FACTS.items():
        entry = {
            **fact,
            "label": LABEL,
            "effort": draw(st.sampled_from([1, 2, 100])),
            "changeable": draw(st.booleans()),
        }
        answer[name] = spelled(entry)
    return {"facts": answer}


@st.composite
def rules_of(draw: st.DrawFn, named: tuple[str, ...]) -> list[dict[str, Any]]:
    """Draw the rules of a pack: gates and tier rules, some amended, some referring to earlier ones."""
    kinds = [
        *["base"] * draw(st.integers(0, 2)),
        *["exclusion"] * draw(st.integers(0, 2)),
        *["tier"] * draw(st.integers(1, 6)),
    ]
    kinds += ["waiver"] * draw(st.integers(0, 3)) if "base" in kinds else []
    kinds = draw(st.permutations(kinds))
    bases = tuple(f"base-{number}" for number, kind in enumerate(kinds) if kind == "base")
    answer, earlier = [], ()
    for number, kind in enumerate(kinds):
        name = f"{kind}-{number}"
        head = {"id": name, "kind": kind, "name": LABEL, "source": {"document": "doc", "section": "1"}}
        if kind == "waiver":
            head["waives"] = draw(st.lists(st.sampled_from(bases), min_size=1, unique=True))
        if kind == "tier":
            head["tiers"] = [draw(st.sampled_from("ABC"))]
        elif draw(st.booleans()):
            head["tiers"] = draw(st.lists(st.sampled_from("ABC"), min_size=1, unique=True))
        for version in draw(versions(whole=False)):
            answer.append({**head, **version, "when": draw(conditions(named, earlier))})
        earlier = (*earlier, name)
    return answer


@st.composite
def packs(draw: st.DrawFn) -> Files:
    """Draw the files of a pack."""
    named: tuple[str, ...] = ()
    listed = []
    for number in range(draw(st.integers(0, 3))):
        for version in draw(versions(whole=True)):
            listed.append({"id": f"c{number}", "name": LABEL, **version, "when": draw(conditions(named, (), 2))})
        named = (*named, f"c{number}")
    files = {
        "pack.yaml": yaml({**HEAD, "documents": [{"id": "doc", "title": LABEL}]}),
        "facts.yaml": yaml(draw(facts())),
        "catalogues/first.csv": draw(catalogues()),
        "catalogues/second.csv": draw(catalogues()),
        "rules/all.yaml": yaml({"rules": draw(rules_of(named))}),
    }
    return {**files, "conditions.yaml": yaml({"conditions": listed})} if listed else files


@st.composite
def catalogues(draw: st.DrawFn) -> str:
    """Draw a catalogue: some codes always listed, some for a period, some for two."""
    lines = ["code,label_zh,label_en,from,to"]
    for code in draw(st.lists(st.sampled_from(CODES), unique=True)):
        for version in draw(versions(whole=False)):
            period = version.get("in_force", {})
            lines.append(f"{code},名,name,{period.get('from', '')},{period.get('to', '')}")
    return "\n".join(lines) + "\n"


def _value(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if field["type"] == "date":
        near = st.sampled_from(DAYS).flatmap(lambda day: st.integers(-1, 1).map(lambda by: day + timedelta(days=by)))
        years = st.tuples(near, st.integers(-3, 1)).map(lambda pair: _years_away(*pair).isoformat())
        return st.one_of(years, years, st.just("open"))
    if field["type"] == "decimal":
        return constants(field).map(lambda number: format(number, "f"))
    return constants(field)


def _years_away(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@st.composite
def people(draw: st.DrawFn, *, sparse: bool | None = None) -> dict[str, Any]:
    """Draw facts about one person as JSON values: some absent, some null, lists unknown, empty or incomplete."""
    absent = draw(st.sampled_from([0, 1, 3])) if sparse is None else 3 if sparse else 0
    answer: dict[str, Any] = {}
    for name, fact in FACTS.items():
        if draw(st.integers(0, 9)) < absent:
            if draw(st.booleans()):
                answer[name] = None
        elif fact["type"].startswith("list"):
            answer[name] = draw(_lists(fact))
        else:
            answer[name] = draw(_value(fact))
    return answer


@st.composite
def _lists(draw: st.DrawFn, fact: dict[str, Any]) -> Any:
    item = (
        st.one_of(constants({"type": "code"}), st.none()) if fact["type"] == "list of codes" else _items(fact["fields"])
    )
    items = draw(st.lists(item, max_size=3))
    shape = draw(st.integers(0, 5))
    if shape == 0:
        return {"items": items, "complete": False}
    return {"items": items, "complete": True} if shape == 1 else items


@st.composite
def _items(draw: st.DrawFn, fields: dict[str, Any]) -> dict[str, Any] | None:
    if draw(st.integers(0, 12)) == 0:
        return None
    return {name: draw(_value(field)) for name, field in fields.items() if draw(st.integers(0, 7))}
