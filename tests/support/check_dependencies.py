"""Check that setup.cfg lists what is imported, that what is listed is imported, and that each entry has its reason.

``python -m tests.support.check_dependencies`` prints one line for each problem and exits with 1 when there is any. The
reason is the comment above an entry; it begins with ``not imported:`` where a tool or the environment uses the package.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("suchang", "services", "migrations", "wsgi.py")
SURROUNDING = ("tests", "benchmarks", ".ci", "setup.py")
NOT_IMPORTED = "not imported:"
# Modules whose package may not be installed where the check runs, under a name that does not tell it.
_ELSEWHERE = {"cel": "common-expression-language", "zen": "zen-engine", "openfisca_core": "openfisca-core"}
_IGNORED = {"_typeshed", "setuptools", "atheris"}
"""Stubs that come with the type checker, what builds the wheel, and the fuzzer of tests/faults/fuzz_verifier.py, which
has no wheel for every Python and is installed by whoever fuzzes."""
_BROUGHT_ALONG = {"psycopg-pool": "psycopg"}
"""What comes with an extra of a listed package."""
_SECTION = re.compile(r"^\[options(\.extras_require)?\]$")


@dataclass(frozen=True)
class Entry:
    """One listed dependency: its normal name, its group (empty for the product itself), the comment above it."""

    name: str
    group: str
    reason: str


def normal(name: str) -> str:
    """Return a distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(text: str) -> Iterator[Entry]:
    """Yield the dependencies that a setup.cfg lists."""
    group, reason, inside = None, "", False
    for line in text.splitlines():
        if line.startswith("["):
            inside, group = bool(_SECTION.match(line)), None
        elif inside and (found := re.match(r"^(\w+) =\s*$", line)):
            group = "" if found[1] == "install_requires" else found[1]
        elif inside and line and not line.startswith(" "):
            group = None
        elif group is not None and line.strip().startswith("#"):
            reason = line.strip("# ")
        elif group is not None and (found := re.match(r"^\s+([\w.-]+)", line)):
            yield Entry(normal(found[1]), group, reason)
            reason = ""


def imports(root: Path, rooms: Iterable[str]) -> dict[str, str]:
    """Map each third-party module that the rooms import, at the top or in a function, to a file that does."""
    own = {room.removesuffix(".py") for room in (*PRODUCT, *SURROUNDING)}
    found: dict[str, str] = {}
    for room in rooms:
        path = root / room
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for module in _imported(ast.parse(file.read_text(encoding="utf-8"))):
                if module not in sys.stdlib_module_names and module not in own | _IGNORED:
                    found.setdefault(module, file.relative_to(root).as_posix())
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            yield from (
                one.value.partition(".")[0]
                for one in node.args
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


def problems(listed: Iterable[Entry], product: Mapping[str, str], surrounding: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each entry without reason or use, and for each import without entry."""
    listed = list(listed)
    groups: dict[str, set[str]] = defaultdict(set)
    for entry in listed:
        groups[entry.name].add(entry.group)
        if not entry.reason:
            yield f"setup.cfg: {entry.name} has no reason; write one as a comment above it"
    tests_only = {name for name, where in groups.items() if where <= {"test", "bench"}}
    used = _by_distribution(product)
    for name, file in used.items():
        if name not in groups or name in tests_only:
            yield f"{file}: imports {name}, which install_requires and the product's extras do not list"
    for name, file in _by_distribution(surrounding).items():
        if name not in groups:
            yield f"{file}: imports {name}, which setup.cfg does not list"
        used.setdefault(name, file)
    for entry in listed:
        if entry.reason.startswith(NOT_IMPORTED):
            if entry.name in used:
                yield f"setup.cfg: {entry.name} is said to be not imported, but {used[entry.name]} imports it"
        elif entry.name not in used:
            yield f"setup.cfg: {entry.name} is imported by nothing; remove it or begin its reason with '{NOT_IMPORTED}'"


def _by_distribution(modules: Mapping[str, str]) -> dict[str, str]:
    known = packages_distributions()
    named: dict[str, str] = {}
    for module, file in modules.items():
        for name in known.get(module, [_ELSEWHERE.get(module, module)]):
            named.setdefault(_BROUGHT_ALONG.get(normal(name), normal(name)), file)
    return named


def main() -> int:
    """Check this repository."""
    listed = list(entries((ROOT / "setup.cfg").read_text(encoding="utf-8")))
    found = list(problems(listed, imports(ROOT, PRODUCT), imports(ROOT, SURROUNDING)))
    for problem in found:
        print(problem)
    return 1 if found or not listed else 0


if __name__ == "__main__":
    sys.exit(main())
