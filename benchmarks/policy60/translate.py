"""Translate the 60-rule policy into a pack: ``python -m benchmarks.policy60.translate FOLDER [PEOPLE.parquet N]``."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

POLICY = Path(__file__).with_name("policy-60.yaml")
ON = date(2026, 11, 1)
"""The day that the figures are about."""
TIERS = "ABCDE"
TYPES = {
    "awards": "list of codes",
    "programmes": "list of codes",
    "award_date": "date",
    **dict.fromkeys(("in_prov", "rd_outside", "postdoc", "startup"), "bool"),
    **dict.fromkeys(("ins_years", "income", "contract", "hours"), "decimal"),
}
# fmt: off
NAMES = [
    "age", "degree", "title", "skill", "awards", "programmes", "region", "in_prov",
    "rd_outside", "ins_years", "income", "shortage", "postdoc", "nationality", "permit", "industry",
    "emp_type", "contract", "award_date", "startup", "patents", "hours",
]
# fmt: on
FIXED = {"age", "nationality"}


def write_pack(folder: Path) -> Path:
    """Write the policy as a pack; the folder is made."""
    policy = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    for name in ("rules", "catalogues"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, codes in policy["catalogues"].items():
        lines = ["code,label_zh,label_en", *(f"{code},{code},{code}" for code in codes)]
        (folder / "catalogues" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write(folder / "pack.yaml", _head())
    _write(folder / "facts.yaml", {"facts": {name: _fact(name) for name in NAMES}})
    _write(folder / "rules" / "all.yaml", {"rules": [_rule(rule) for rule in policy["rules"]]})
    return folder


def _write(path: Path, value: Any) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _label(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _head() -> dict[str, Any]:
    return {
        "id": "policy60",
        "title": _label("60 synthetic rules"),
        "status": "assumption",
        "tiers": [{"id": tier, "name": _label(tier)} for tier in TIERS],
        "documents": [{"id": "syn", "title": _label("SYN-CAT-2026")}],
    }


def _fact(name: str) -> dict[str, Any]:
    fact: dict[str, Any] = {"type": TYPES.get(name, "integer"), "label": _label(name)}
    return {**fact, "changeable": False} if name in FIXED else fact


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    period = {key: rule[key] for key in ("from", "to") if rule[key] is not None}
    return {
        "id": rule["id"],
        "kind": "tier",
        "tiers": [TIERS[rule["tier"] - 1]],
        "name": _label(rule["id"]),
        "source": {"document": "syn", "section": rule["cite"]},
        "in_force": period,
        "when": _condition(rule["when"]),
    }


def _condition(node: dict[str, Any]) -> dict[str, Any]:
    for shape in ("all", "any"):
        if shape in node:
            return {shape: [_condition(child) for child in node[shape]]}
    fact, operator, value = node["f"], node["op"], node["v"]
    if TYPES.get(fact) == "decimal":
        value = _plain(value)
    match operator:
        case "is":
            return {"fact": fact, "op": "eq", "value": value}
        case "not_in":
            return {"not": {"fact": fact, "op": "in", "value": value}}
        case "any_in":
            return {"fact": fact, "any_item": {"op": "in_catalogue", "value": value}}
        case _:
            return {"fact": fact, "op": operator, "value": value}


def _plain(number: Any) -> Any:
    """Write a threshold as the decimal that it means; it is a whole number or has one digit."""
    exact = Decimal(str(number))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def write_people(path: Path, n: int, seed: int = 1) -> None:
    """Write n people as Parquet by the batch contract, a million at a time with a seed each."""
    import pyarrow.parquet as pq

    from benchmarks.policy60.people import table

    writer, first = None, 0
    while first < n:
        part = table(min(1_000_000, n - first), seed + first // 1_000_000, first)
        writer = writer or pq.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part)
        first += part.num_rows
    if writer:
        writer.close()


if __name__ == "__main__":
    write_pack(Path(sys.argv[1]))
    if len(sys.argv) > 3:
        write_people(Path(sys.argv[2]), int(sys.argv[3]))
