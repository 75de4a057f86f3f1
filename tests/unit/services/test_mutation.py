"""Delete each line of each ``service.py`` in turn: some test of the domains has to fail.

Each mutant is a copy of the domain's folder that lies before the real one on the package's path, tested in a process
forked from this one, so that a mutant costs well under a second.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import services

_TESTS = ["tests/unit/services/test_domains.py", "tests/unit/services/test_contract.py"]
_ROOT = Path(__file__).parents[3]


def _lines(slug: str) -> list[str]:
    return (_ROOT / "services" / slug / "service.py").read_text(encoding="utf-8").splitlines(keepends=True)


def _mutants(slug: str) -> Iterator[tuple[int, str]]:
    lines = _lines(slug)
    for number, line in enumerate(lines):
        if line.strip():
            yield number + 1, "".join(lines[:number] + lines[number + 1 :])


def _survives(slug: str, source: str, folder: Path) -> bool:
    try:
        compile(source, "service.py", "exec")
    except SyntaxError:
        return False
    shutil.copytree(_ROOT / "services" / slug, folder / slug, dirs_exist_ok=True)
    (folder / slug / "service.py").write_text(source, encoding="utf-8")
    shutil.rmtree(folder / slug / "__pycache__", ignore_errors=True)
    # The tests that name the domain go first, as they fail soonest.
    return all(_passes(folder, ["-k", words]) for words in (slug, f"not {slug}"))


def _passes(folder: Path, chosen: list[str]) -> bool:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            for name in [name for name in sys.modules if name.startswith(("services.", "tests.unit.services"))]:
                if not hasattr(sys.modules[name], "__path__") or name.count(".") == 1:
                    del sys.modules[name]
            services.__path__.insert(0, str(folder))
            sys.dont_write_bytecode = True
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            options = ["-x", "-q", "-p", "no:cacheprovider", "--noconftest", "-c", os.devnull, f"--rootdir={_ROOT}"]
            code = int(pytest.main([*options, *chosen, *(str(_ROOT / test) for test in _TESTS)]))
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_copy_passes_when_nothing_is_deleted(tmp_path: Path) -> None:
    assert _survives("culture_sport", "".join(_lines("culture_sport")), tmp_path)


@pytest.mark.parametrize("slug", services.available())
def test_a_test_fails_when_a_line_is_deleted_here_and_there(slug: str, tmp_path: Path) -> None:
    every = list(_mutants(slug))
    survivors = [number for number, source in every[11::41] if _survives(slug, source, tmp_path)]

    assert survivors == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("slug", services.available())
def test_a_test_fails_when_any_line_is_deleted(slug: str, tmp_path: Path) -> None:
    survivors = [number for number, source in _mutants(slug) if _survives(slug, source, tmp_path)]

    assert survivors == []
