"""Eligibility benchmarks: ``python -m benchmarks.eligibility [--people N] [--rounds N] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path

from benchmarks.measure import markdown
from benchmarks.single import single


def main() -> None:
    """Run the sections and print a table each."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=2000)
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--json", type=Path, default=Path(__file__).with_name("results") / "eligibility.json")
    asked = words.parse_args()
    results = single(asked.people, asked.rounds)
    print(
        markdown(
            "One person at a time",
            "µs of processor time a person",
            results,
            "zen-engine compiled expression, tier only",
        )
    )
    machine = {"python": platform.python_version(), "machine": platform.machine(), "people": asked.people}
    answer = {"machine": machine, "single_us": [each.to_json() for each in results]}
    asked.json.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
