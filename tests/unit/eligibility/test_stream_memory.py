"""A stream of people needs the memory of one person."""

from __future__ import annotations

import io
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from suchang.cli.main import main

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "example-city"


class Crowd(io.RawIOBase):
    """A file of so many people, of which every line is made when it is read."""

    def __init__(self, count: int) -> None:
        self.left, self.rest = count, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while len(self.rest) < len(buffer) and self.left:
            self.left -= 1
            facts = {"annual_income": self.left / 100, "works_in_city": self.left % 3 > 0, "honours": [str(self.left)]}
            self.rest += json.dumps(facts).encode() + b"\n"
        part, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def peak(count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the most bytes that were held while so many people were decided."""
    stdin = io.TextIOWrapper(io.BufferedReader(Crowd(count)), encoding="utf-8")
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", nowhere)
        tracemalloc.start()
        try:
            with pytest.raises(SystemExit) as caught:
                main(["rules", "decide", str(EXAMPLE), "--facts", "-", "--on", "2026-11-01"])
            assert not caught.value.code
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            monkeypatch.undo()


def test_memory_stays_the_same_when_the_stream_is_ten_times_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    peak(50, monkeypatch)
    short, long = peak(100, monkeypatch), peak(1000, monkeypatch)
    assert long < short + 100_000
