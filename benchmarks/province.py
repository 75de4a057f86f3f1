"""The whole province: ``suchang rules simulate`` from a Parquet file to the report of who changes, as a command."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import resident
from benchmarks.policy60.translate import ON
from suchang.cli.main import main as suchang
from suchang.eligibility.batch.columns.stream import arrays_of

PROFESSIONALS = 8_842_000
"""The professionals of Jiangsu (ten actions, preamble)."""


def edit(pack: Path, edited: Path) -> None:
    """Write the pack with one threshold edited: of a rule of tier D, an income of 20 becomes 25."""
    lines = (pack / "rules" / "all.yaml").read_text(encoding="utf-8").splitlines()
    place = [number for number, line in enumerate(lines) if line.strip() == "- fact: income"][-5]
    if lines[place + 2].strip() != "value: 20":
        raise AssertionError(f"another threshold than was measured: {lines[place + 2]}")
    lines[place + 2] = lines[place + 2].replace("20", "25")
    for path in pack.rglob("*"):
        if path.is_file():
            target = edited / path.relative_to(pack)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (edited / "rules" / "all.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def province(pack: Path, edited: Path, people: Path, rounds: int) -> list[dict[str, Any]]:
    """Measure the command, the start of the interpreter included; every run must report the same."""
    runs = []
    for _ in range(rounds):
        words = [sys.executable, "-m", "benchmarks.province", str(pack), str(edited), str(people)]
        start = time.perf_counter()
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout) | {"seconds": round(time.perf_counter() - start, 2)})
    reports = {json.dumps(run.pop("report")) for run in runs}
    if len(reports) != 1:
        raise AssertionError("the runs report different changes")
    report = json.loads(reports.pop())
    alone = [reading(people) for _ in range(rounds)]
    return [
        {"what": "simulation", "people": report["people"], "changed": report["changed"], "runs": runs},
        {"what": "reading alone", "people": report["people"], "changed": 0, "runs": alone},
    ]


def reading(people: Path) -> dict[str, Any]:
    """Measure what nobody can do without: DuckDB decodes every column with all its threads, and nobody looks at it."""
    start, began = time.perf_counter(), time.process_time()
    with duckdb.connect() as connection:
        for _ in arrays_of(connection.sql("FROM read_parquet($path)", params={"path": str(people)})):
            pass
    seconds, spent = time.perf_counter() - start, time.process_time() - began
    return {"seconds": round(seconds, 2), "cpu_seconds": round(spent, 2), "peak_mib": resident("VmHWM")}


def table(results: list[dict[str, Any]]) -> str:
    """Write the table: the best and the worst run."""
    lines = ["### The whole province", "", "| | people | changed | seconds | CPU seconds | peak MiB |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for each in results:
        seconds, cpu, peak = ([run[key] for run in each["runs"]] for key in ("seconds", "cpu_seconds", "peak_mib"))
        counts = f"{each['people']:,} | {each['changed']:,}"
        lines.append(
            f"| {each['what']} | {counts} | {min(seconds)}–{max(seconds)} | {min(cpu)}–{max(cpu)} | {max(peak)} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Run the command in this process, and print its report with the memory and processor time that it took."""
    old, new, people = sys.argv[1:]
    said = io.StringIO()
    words = ["rules", "simulate", old, new, "--input", people, "--on", str(ON), "--format", "json"]
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        suchang(words)
    spent = round(time.process_time(), 2)
    print(json.dumps({"report": json.loads(said.getvalue()), "cpu_seconds": spent, "peak_mib": resident("VmHWM")}))


if __name__ == "__main__":
    main()
