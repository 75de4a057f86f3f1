"""Runs a script with the Node of the wheel, for tests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from suchang.web.npm_parts import node_binary

HERE = Path(__file__).parent


def run_node(script: str, value: object = None, *arguments: str) -> Any:
    """Give a script of this folder a value as JSON on its standard input, and read JSON from its standard output."""
    done = subprocess.run(
        [str(node_binary()), "--no-warnings", str(HERE / script), *arguments],
        input=json.dumps(value),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
