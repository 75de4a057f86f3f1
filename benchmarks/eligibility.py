"""Eligibility benchmarks: ``python -m benchmarks.eligibility [--people N] [--batch N] [--province N] [--rounds N]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path

from benchmarks import batch, province
from benchmarks.measure import markdown
from benchmarks.policy60.translate import write_pack, write_people
from benchmarks.single import single


def main() -> None:
    """Run the sections and print a table each."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=2000, help="one at a time")
    words.add_argument("--batch", type=int, default=1_000_000, help="people at once")
    words.add_argument("--province", type=int, default=province.PROFESSIONALS, help="people of the simulation; 0: none")
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--json", type=Path, default=Path(__file__).with_name("results") / "eligibility.json")
    asked = words.parse_args()
    results = single(asked.people, asked.rounds)
    base = "zen-engine compiled expression, tier only"
    print(markdown("One person at a time", "µs of processor time a person", results, base), flush=True)
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "people": asked.people,
        "batch": asked.batch,
    }
    answer = {"machine": machine, "single_us": [each.to_json() for each in results]}
    with tempfile.TemporaryDirectory() as folder:
        pack, people = write_pack(Path(folder, "pack")), Path(folder, "people.parquet")
        write_people(people, asked.batch)
        answer["batch_per_million"] = batch.batch(pack, people, asked.batch, asked.rounds)
        print(batch.table(answer["batch_per_million"], "polars expressions"), flush=True)
        if asked.province:
            edited = Path(folder, "edited")
            province.edit(pack, edited)
            write_people(people, asked.province)
            answer["province"] = province.province(pack, edited, people, min(3, asked.rounds))
            print(province.table(answer["province"]))
    asked.json.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
