"""Twelve uploads at once: the memory of all processes together stays under what docs/files.md states."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.file_zoo import animals

SERVER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from suchang.workflows.application.reading_files import make_harmless
data, places = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
with ThreadPoolExecutor(4) as pool:
    for done in pool.map(lambda _: make_harmless(data, places, readers=1, wait=240), range(4)):
        print(len(done.content), flush=True)
"""
MEGABYTE = 1024 * 1024


def tree(roots: list[int]) -> int:
    """Count the memory that some processes and all their children hold, what they share counted once."""
    parents = {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(one.parent.name)] = int(one.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    inside = set(roots)
    while more := {child for child, parent in parents.items() if parent in inside} - inside:
        inside |= more
    held = 0
    for number in inside:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        held += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return held


@pytest.mark.faults
@pytest.mark.parametrize("name", ["jpeg of 36 megapixels", "png RGB of 9000x6000", "heic of 12 megapixels"])
def test_memory_stays_under_the_stated_when_twelve_uploads_come_at_once(name: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(animals()[name].make())
    servers = [
        subprocess.Popen([sys.executable, "-c", SERVER, str(file), str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    most = 0
    while any(one.poll() is None for one in servers):
        most = max(most, tree([one.pid for one in servers]))
        time.sleep(0.02)
    answers = [line for one in servers for line in one.communicate()[0].split()]
    assert [one.returncode for one in servers] == [0, 0, 0]
    assert len(answers) == 12
    print(f"{name}: at most {most // MEGABYTE} MB")
    assert most < 600 * MEGABYTE
