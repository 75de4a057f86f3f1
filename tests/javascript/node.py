"""Runs a script with the Node of the wheel, for tests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from suchang.web.npm_parts import node_binary

TESTS = Path(__file__).parents[1]


def run_node(script: str, value: object = None, *arguments: str) -> Any:
    """Return a script of ``tests/`` a value as JSON on its standard input, and read JSON from its standard output."""
    done = subprocess.run(
        [str(node_binary()), "--no-warnings", str(TESTS / script), *arguments],
        input=json.dumps(value),
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
