"""The vocabulary of random packs, and how they get to disk."""

from __future__ import annotations

import json
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from suchang.eligibility import Pack, load_pack
from suchang.eligibility.dates import EARLIEST, LATEST
from suchang.eligibility.in_force.rules_in_force import boundaries

CODES = ["a", "b", "c", "d"]
DAYS = [
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2025, 2, 28),
    date(2025, 12, 31),
    date(2026, 6, 30),
]
DEGREES = ["none", "bachelor", "master", "doctor"]
COLOURS = ["red", "green", "blue"]
DISTANCES = ["P0D", "-P1D", "-P1M", "-P1Y", "-P2Y", "+P1M", "+P1Y", "-P18M"]
SPANS = ["P1D", "P1M", "P1Y", "P2Y", "P366D"]
FIELDS: dict[str, dict[str, Any]] = {
    "code": {"type": "code"},
    "date": {"type": "date"},
    "rank": {"type": "integer"},
    "score": {"type": "decimal"},
    "led": {"type": "bool"},
    "grade": {"type": "enum", "values": DEGREES, "ordered": True},
    "note": {"type": "text"},
}
FACTS: dict[str, dict[str, Any]] = {
    "flag": {"type": "bool"},
    "sign": {"type": "bool"},
    "barred": {"type": "bool", "authority": "register"},
    "years": {"type": "integer"},
    "income": {"type": "decimal"},
    "born": {"type": "date"},
    "until": {"type": "date"},
    "degree": {"type": "enum", "values": DEGREES, "ordered": True},
    "colour": {"type": "enum", "values": COLOURS},
    "qualification": {"type": "code"},
    "remark": {"type": "text"},
    "honours": {"type": "list of codes"},
    "prizes": {"type": "list of records", "fields": FIELDS},
    "plans": {"type": "list of records", "fields": {"code": {"type": "code"}, "rank": {"type": "integer"}}},
}
LABEL = {"zh": "名", "en": "name"}
HEAD = {
    "id": "random",
    "title": LABEL,
    "status": "assumption",
    "tiers": [{"id": tier, "name": LABEL} for tier in "ABC"],
}
Files = dict[str, str]


def yaml(value: Any) -> str:
    """Write a value as YAML in its JSON form; decimals stand without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(yaml(each) for each in value) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def load(files: Files) -> Pack:
    """Write the files of a pack to a fresh folder and load it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "random")
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_pack(root)


def spelled(field: dict[str, Any]) -> dict[str, Any]:
    """Return labels to the values and fields of a fact."""
    answer = dict(field)
    if "values" in field:
        answer["values"] = [{"code": value, "label": LABEL} for value in field["values"]]
    if "fields" in field:
        answer["fields"] = {name: spelled({**each, "label": LABEL}) for name, each in field["fields"].items()}
    return answer


def days(pack: Pack) -> list[date]:
    """Return the day before and the day of every change of the rules, and days whose relative dates clamp."""
    found = {date(2025, 6, 15), date(2024, 2, 29), date(2025, 3, 1), *DAYS}
    for day in boundaries(pack):
        found |= {day - timedelta(days=1), day}
    return sorted(day for day in found if EARLIEST <= day <= LATEST)
