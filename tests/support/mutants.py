"""Plant faults in a copy of the program, one at a time, and say how many of them some test sees.

``python -m tests.support.mutants --count 100 --seed 1`` takes its faults from every line of workflows, web, persistence
and domain that could be wrong in a small way: a boundary, a sign, a negation, a number off by one, a step left out. The
seed chooses, the same again for the same seed and code. Each fault is met by the tests of its room and by those that
import its module; they have passed before without it. A run that takes too long counts as seen: somebody would notice.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("workflows", "web", "persistence", "domain")
_LEFT_OUT = (".git", ".venv", "node_modules", "var", "build", "__pycache__", ".mypy_cache", ".hypothesis", "out")
_DECLARED = "suchang/persistence/models/"
"""Columns say nothing that the migrations don't say; another check compares the two."""
_BESIDE = {"application": ("casework", "card"), "people": ("web",), "notification": ("account",), "reports": ("web",)}
"""Rooms whose tests stand in other rooms' folders."""
_SWAPS: dict[type[ast.AST], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


@dataclass(frozen=True)
class Fault:
    """One change of one place: lines begin with 1, columns count bytes from 0, as in ``ast``."""

    file: str
    line: int
    begins: tuple[int, int]
    ends: tuple[int, int]
    new: str

    def planted_in(self, text: str) -> str:
        """Return the file's text with this fault."""
        lines = text.encode().splitlines(keepends=True)
        at = [sum(map(len, lines[: row - 1])) + column for row, column in (self.begins, self.ends)]
        whole = b"".join(lines)
        return (whole[: at[0]] + self.new.encode() + whole[at[1] :]).decode()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.new.strip()[:80]}"


def faults(file: str, text: str) -> Iterator[Fault]:
    """Yield every fault that could be planted in a module."""
    tree = ast.parse(text)
    unspoilt = set(_without_behaviour(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt) and node not in unspoilt:
            for new in _changes(node):
                ends = (node.end_lineno or 0, node.end_col_offset or 0)
                yield Fault(file, node.lineno, (node.lineno, node.col_offset), ends, new)


def _without_behaviour(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what says something to readers and type checkers only, and what names a route or a table."""
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            parts += node.decorator_list
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts += [node.returns, *(argument.annotation for argument in node.args.args + node.args.kwonlyargs)]
        if isinstance(node, ast.AnnAssign):
            parts.append(node.annotation)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append(node)
        if isinstance(node, ast.JoinedStr):
            parts.append(node)
        for part in parts:
            if part is not None:
                yield from ast.walk(part)


def _changes(node: ast.expr | ast.stmt) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[operator]):
            yield f"{_paren(node.left)} {_SWAPS[type(operator)]} {_paren(node.comparators[0])}"
        case ast.BoolOp(op=ast.And()):
            yield "(" + " or ".join(_paren(value) for value in node.values) + ")"
        case ast.BoolOp(op=ast.Or()):
            yield "(" + " and ".join(_paren(value) for value in node.values) + ")"
        case ast.UnaryOp(op=ast.Not()):
            yield _paren(node.operand)
        case ast.BinOp(op=ast.Add()) if not isinstance(node.left, ast.Constant | ast.JoinedStr):
            yield f"{_paren(node.left)} - {_paren(node.right)}"
        case ast.BinOp(op=ast.Sub()):
            yield f"{_paren(node.left)} + {_paren(node.right)}"
        case ast.Constant(value=bool()):
            yield str(not node.value)
        case ast.Constant(value=int()):
            yield str(node.value + 1)
        case ast.IfExp():
            yield f"({ast.unparse(node.orelse)} if {ast.unparse(node.test)} else {ast.unparse(node.body)})"
        case ast.Raise() | ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield "pass"


def _paren(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


@cache
def _texts() -> dict[str, str]:
    found = [path for room in ("unit", "functional") for path in sorted((ROOT / "tests" / room).rglob("test_*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


def tests_of(file: str) -> list[str]:
    """Name the tests that are to see a fault in a file: those that import it, then those of its room."""
    module = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    package, _, name = module.rpartition(".")
    importing = [test for test, text in _texts().items() if module in text or f"from {package} import {name}" in text]
    floor, *path = file.removesuffix(".py").split("/")[1:]
    rooms = {*path, floor, *(other for room in path for other in _BESIDE.get(room, ()))}
    # tests/unit/services deletes lines by itself, and the story of house/ builds a wheel.
    near = [test for test in _texts() if rooms & set(test.split("/")[2:-1])]
    if floor == "web":
        near += [test for test in _texts() if test.startswith("tests/functional/web/")]
    return [test for test in dict.fromkeys((*importing, *near)) if "/house/" not in test and "mutation" not in test]


def chosen(count: int, seed: int, floors: Sequence[str]) -> list[Fault]:
    """Choose faults, as many of each floor, from files that differ as long as there are any."""
    dice = random.Random(seed)
    picked: list[Fault] = []
    for number, floor in enumerate(floors):
        share = count // len(floors) + (number < count % len(floors))
        files = sorted((ROOT / "suchang" / floor).rglob("*.py"))
        dice.shuffle(files)
        here: list[Fault] = []
        while len(here) < share and files:
            for path in files:
                name = path.relative_to(ROOT).as_posix()
                possible = sorted(set(faults(name, path.read_text(encoding="utf-8"))) - set(here), key=str)
                if possible and not name.startswith(_DECLARED) and tests_of(name) and len(here) < share:
                    here.append(dice.choice(possible))
        picked += here
    return picked


def seen(folder: Path, tests: Sequence[str], seconds: float) -> bool:
    """Tell whether one of the tests fails in this copy, or never ends."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _copy(folder: Path) -> None:
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (folder / "node_modules").symlink_to(ROOT / "node_modules")


def main() -> int:
    """Plant the chosen faults and report; 1 when fewer are seen than asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.mutants", description=main.__doc__)
    parser.add_argument("--count", type=int, default=100, help="How many faults.")
    parser.add_argument("--seed", type=int, default=1, help="Which ones.")
    parser.add_argument("--floor", action="append", choices=FLOORS, help="Only this floor; may be repeated.")
    parser.add_argument("--least", type=float, default=0.9, help="The share that must be seen.")
    parser.add_argument("--seconds", type=float, default=240, help="How long the tests of one fault may take.")
    given = parser.parse_args()
    picked = chosen(given.count, given.seed, given.floor or FLOORS)
    sound: dict[tuple[str, ...], bool] = {}
    caught = missed = 0
    with tempfile.TemporaryDirectory(prefix="suchang-mutants-") as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "house"
        _copy(folder)
        for number, fault in enumerate(picked, 1):
            tests, began = tuple(tests_of(fault.file)), time.monotonic()
            if tests not in sound:
                sound[tests] = not seen(folder, tests, given.seconds)
            if not sound[tests]:
                print(f"{number:4} no answer {fault}: its tests fail without it, or take too long", flush=True)
                continue
            path = folder / fault.file
            text = path.read_text(encoding="utf-8")
            path.write_text(fault.planted_in(text), encoding="utf-8")
            found = seen(folder, tests, given.seconds)
            path.write_text(text, encoding="utf-8")
            caught, missed = caught + found, missed + (not found)
            took = time.monotonic() - began
            print(f"{number:4} {'seen     ' if found else 'SURVIVED '} {fault}  ({took:.0f} s)", flush=True)
    answered = caught + missed
    share = caught / answered if answered else 0.0
    print(
        f"{caught} of {answered} faults seen ({share:.0%}); seed {given.seed}, {len(picked) - answered} without answer"
    )
    return 0 if answered and share >= given.least else 1


if __name__ == "__main__":
    sys.exit(main())
