"""Programs beside the server: revived, rested, stopped with what they left."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from suchang.cli.runtime import child_processes
from suchang.cli.runtime.child_processes import Child
from suchang.domain.errors import Unavailable

ENDS = [sys.executable, "-c", ""]


def die(child: Child) -> None:
    assert child.process is not None
    child.process.wait(30)


def test_the_server_gives_up_when_an_essential_program_keeps_ending():
    child = Child("web server", ENDS)
    child.start()
    for _ in range(4):
        die(child)
        assert child.revive()
    die(child)
    with pytest.raises(Unavailable, match="keeps ending"):
        child.revive()


def test_a_program_rests_and_is_tried_again_when_others_can_go_on(monkeypatch):
    child = Child("worker", ENDS, essential=False)
    child.start()
    for _ in range(4):
        die(child)
        assert child.revive()
    die(child)
    assert not child.revive()
    assert not child.revive(), "it rests"
    later = time.monotonic() + 31
    monkeypatch.setattr(child_processes.time, "monotonic", lambda: later)
    assert child.revive()
    child.stop(5)


def test_grandchildren_end_when_their_program_is_stopped(tmp_path):
    code = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    code += f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid)); time.sleep(60)"
    child = Child("program", [sys.executable, "-c", code])
    child.start()
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.05)
    child.ask_to_stop()
    child.stop(10)
    assert not child.alive()
    grandchild = int((tmp_path / "pid").read_text())
    for _ in range(100):
        try:
            state = Path(f"/proc/{grandchild}/stat").read_text().split()[2]
        except FileNotFoundError:
            break
        if state == "Z":
            break
        time.sleep(0.05)
    else:
        os.kill(grandchild, 9)
        pytest.fail("the grandchild lives on")


def test_a_stubborn_program_is_killed_when_its_patience_is_over():
    child = Child(
        "program", [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]
    )
    child.start()
    time.sleep(0.5)
    child.ask_to_stop()
    child.stop(0.5)
    assert not child.alive()
