"""How much of the processors went to others while a round ran."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Busy:
    """Processor seconds of the whole machine, and of this process with all its descendants, since it was made."""

    def __init__(self) -> None:
        self._all, self._ours = _machine(), _family()

    def others(self) -> float:
        """Return the processor seconds that neither idled nor were ours, stolen ones included."""
        return max(0.0, (_machine() - self._all) - (_family() - self._ours))


def _machine() -> float:
    values = [int(each) for each in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _wait, irq, softirq, steal = values
    return (user + nice + system + irq + softirq + steal) / _TICKS


def _family() -> float:
    """Sum the time of this process, of its living descendants, and of those of them that were waited for."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = place.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        pid = int(place.parent.name)
        parents[pid] = int(fields[1])
        spent[pid] = sum(map(int, fields[11:15])) / _TICKS
    ours = {os.getpid()}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        ours |= more
        grown = bool(more)
    return sum(spent.get(pid, 0.0) for pid in ours)
