"""The lint of the listed dependencies sees what is missing, unused, or without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.check_dependencies import entries, imports, problems

LISTED = """
[options]
python_requires = >=3.11
install_requires =
    # the web framework
    flask ~= 3.1
    # not imported: time zones
    tzdata

[options.extras_require]
test =
    # runs the tests
    pytest >= 8.4
"""


def _problems(listed: str, product: str, tests: str, folder: Path) -> list[str]:
    for room, text in (("suchang", product), ("tests", tests)):
        (folder / room).mkdir()
        (folder / room / "file.py").write_text(text, encoding="utf-8")
    return list(problems(entries(listed), imports(folder, ["suchang"]), imports(folder, ["tests"])))


def test_nothing_is_said_when_list_and_imports_agree(tmp_path: Path) -> None:
    assert _problems(LISTED, "import os\nfrom flask.app import Flask", "import pytest, suchang.app", tmp_path) == []


@pytest.mark.parametrize(
    ("listed", "product", "tests", "said"),
    [
        (LISTED, "import flask\ndef f():\n    import numpy", "import pytest", "suchang/file.py: imports numpy"),
        (LISTED, "import flask, pytest", "import pytest", "suchang/file.py: imports pytest"),
        (LISTED, "import flask", "import pytest, numpy", "tests/file.py: imports numpy"),
        (LISTED, "import os", "import pytest", "flask is imported by nothing"),
        (LISTED.replace("    # the web framework\n", ""), "import flask", "import pytest", "flask has no reason"),
        (
            LISTED.replace("# the web", "# not imported: the web"),
            "import flask",
            "import pytest",
            "flask is said to be not imported",
        ),
    ],
)
def test_a_problem_is_named_when_list_and_imports_differ(
    listed: str, product: str, tests: str, said: str, tmp_path: Path
) -> None:
    found = _problems(listed, product, tests, tmp_path)

    assert len(found) == 1
    assert said in found[0]
