"""Measure peers side by side: interleaved rounds, medians, every round reported.

Processor time, so that other work on the machine disturbs less; all contestants here keep to one thread.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One line of a table; rounds in microseconds a person (or milliseconds a batch, as the section says)."""

    name: str
    rounds: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float:
        """Return the middle round."""
        return statistics.median(self.rounds)

    def to_json(self) -> dict[str, Any]:
        """Return the line for the JSON file."""
        return {"name": self.name, "median": round(self.median, 3), "rounds": self.rounds, "note": self.note}


def interleaved(contestants: Sequence[tuple[str, Callable[[], int]]], rounds: int) -> list[Result]:
    """Run every contestant once a round, in turn, so that a busy moment hits all; each returns how many it did."""
    taken: dict[str, list[float]] = {name: [] for name, _ in contestants}
    for _, run in contestants:
        run()  # warm: code is generated and caches are filled before the first measured round
    for _ in range(rounds):
        for name, run in contestants:
            start = time.process_time()
            count = run()
            taken[name].append(round((time.process_time() - start) / count * 1e6, 3))
    return [Result(name, tuple(each)) for name, each in taken.items()]


def markdown(title: str, unit: str, results: Sequence[Result], base: str) -> str:
    """Write a table with the ratio to one line."""
    reference = next(each.median for each in results if each.name == base)
    lines = [f"### {title}", "", f"| | {unit} | lowest–highest round | × {base} |", "|---|---:|---:|---:|"]
    for each in results:
        span = f"{min(each.rounds):.2f}–{max(each.rounds):.2f}"
        lines.append(f"| {each.name} | {each.median:.2f} | {span} | {each.median / reference:.2f} |")
    return "\n".join([*lines, ""])


def resident(which: str) -> int:
    """Return ``VmRSS``, what this process holds, or ``VmHWM``, the most it held, in MiB (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(which)).split()[1]) // 1024


def forget_peak() -> None:
    """Let ``VmHWM`` begin anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
