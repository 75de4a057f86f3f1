"""The policy's rules on the day of the figures, as peers are given them."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from benchmarks.policy60.translate import ON, POLICY, TYPES

EPOCH = date(1970, 1, 1).toordinal()


def in_force() -> list[dict[str, Any]]:
    """Return the rules in force on the day of the figures, best tier first."""
    policy = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    rules = [r for r in policy["rules"] if r["from"] <= ON and (r["to"] is None or r["to"] >= ON)]
    for rule in rules:
        rule["when"] = _listed(rule["when"], policy["catalogues"])
    return sorted(rules, key=lambda rule: int(rule["tier"]))


def _listed(node: dict[str, Any], catalogues: dict[str, list[int]]) -> dict[str, Any]:
    for shape in ("all", "any"):
        if shape in node:
            return {shape: [_listed(child, catalogues) for child in node[shape]]}
    value = catalogues[node["v"]] if node["op"] == "any_in" else node["v"]
    return {**node, "v": value.toordinal() - EPOCH if isinstance(value, date) else value}


def number(node: dict[str, Any]) -> Any:
    if TYPES.get(node["f"]) == "decimal":
        return round(float(node["v"]) * 10_000)
    return node["v"]
