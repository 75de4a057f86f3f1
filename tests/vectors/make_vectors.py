"""Write the published vectors: ``python -m tests.vectors.make_vectors``; with ``--check``, tell whether they are stale.

The same input gives the same bytes on every run (as long as zlib is the same).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.vectors.making import claim_cases, format_cases, status_cases, time_cases, trust_cases
from tests.vectors.making.lists import BROKEN_RINGS, LISTS, RINGS
from tests.vectors.making.world import DOMAINS

HERE = Path(__file__).parent
SOURCE = "Su Chang Card, tests/vectors/make_vectors.py; the keys are public and good for nothing else"


def documents() -> dict[str, dict[str, Any]]:
    """Build every document by its file name."""
    pages = (format_cases, claim_cases, trust_cases, time_cases, status_cases)
    cases = [case for page in pages for case in page.cases()]
    names = [case["name"] for case in cases]
    if len(set(names)) != len(names):
        raise AssertionError(f"two cases have one name: {sorted({n for n in names if names.count(n) > 1})}")
    return {
        "credentials.json": {"source": SOURCE, "domains": DOMAINS, "rings": RINGS, "lists": LISTS, "cases": cases},
        "key-rings.json": {"source": SOURCE, "broken": BROKEN_RINGS},
    }


def written(document: dict[str, Any]) -> str:
    """Write a document with one case, list or ring a line."""
    lines = []
    for name, value in document.items():
        if isinstance(value, list):
            inner = ",\n".join(json.dumps(item, ensure_ascii=True) for item in value)
            lines.append(f"{json.dumps(name)}: [\n{inner}\n]")
        elif isinstance(value, dict) and name != "domains":
            inner = ",\n".join(f"{json.dumps(key)}: {json.dumps(item)}" for key, item in value.items())
            lines.append(f"{json.dumps(name)}: {{\n{inner}\n}}")
        else:
            lines.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{" + ",\n".join(lines) + "}\n"


def main() -> int:
    """Write the files, or compare them."""
    stale = 0
    for name, document in documents().items():
        text, path = written(document), HERE / name
        if "--check" in sys.argv:
            stale += not path.exists() or path.read_text(encoding="utf-8") != text
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: {len(document.get('cases', document.get('broken', [])))} cases")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
