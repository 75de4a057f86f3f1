"""The wheel: all that the program needs is inside, and it works in an empty folder without the checkout.

It is built from a copy and put into a folder of its own, which lies before the checkout on Python's path. What a fresh
environment with nothing but the locked packages makes of it is the business of ``.ci/wheel``.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from fontTools.ttLib import TTFont

from suchang.config import ROOT
from suchang.credentials.print.fonts import FontShelf
from suchang.embedded.processes import free_port
from suchang.web import VENDOR
from suchang.web.assets import AssetShelf
from tests.support.served import wait_until

pytestmark = pytest.mark.timeout(300)
_SOURCES = ("suchang", "services", "eligibility_rules", "migrations")
_FILES = ("wsgi.py", "setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md")
_NPM = ("package.json", "package-lock.json")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return the folder into which it is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    copy, wheels, target = folder / "copy", folder / "wheels", folder / "installed"
    copy.mkdir()
    for name in _SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*_FILES, *_NPM):
        shutil.copy(ROOT / name, copy)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", wheels, copy], check=True, timeout=200
    )
    wheel = next(wheels.glob("suchang_card-*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", target, wheel], check=True, timeout=100)
    return target


def _environ(installed: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(installed.parent), "PYTHONPATH": str(installed), **more}


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def _suchang(installed: Path, folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "suchang", *words],
        cwd=folder,
        env=_environ(installed),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def empty() -> Iterator[Path]:
    """Return an empty folder that the embedded servers' account may walk into."""
    folder = Path(tempfile.mkdtemp(prefix="suchang-wheel-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_every_file_is_inside_when_the_wheel_is_built(installed: Path) -> None:
    bundled = installed / "suchang" / "bundled"
    for name in _SOURCES:
        there = installed / name if (ROOT / name / "__init__.py").exists() else bundled / name
        wanted = {path.relative_to(ROOT / name) for path in (ROOT / name).rglob("*") if path.is_file()}
        missing = {path for path in wanted if "__pycache__" not in path.parts and not (there / path).is_file()}
        assert missing == set()
    assert (installed / "wsgi.py").is_file()
    licences = {path.parent.name for path in (bundled / "node_modules").rglob("LICENSE*")}
    assert licences == {path.parent.name for path in (bundled / "node_modules").rglob("package.json")}


def test_pages_find_all_their_modules_when_only_the_wheel_is_there(installed: Path) -> None:
    npm = installed / "suchang" / "bundled" / "node_modules"
    inside, whole = AssetShelf(npm=npm, vendor=VENDOR), AssetShelf(npm=ROOT / "node_modules", vendor=VENDOR)
    for name in VENDOR:
        assert inside.modules_of(name) == whole.modules_of(name)
        assert inside.url(name) == whole.url(name)


def test_names_are_drawn_for_paper_when_only_the_wheel_is_there(installed: Path, tmp_path: Path) -> None:
    shelf = FontShelf(installed / "suchang" / "bundled" / "node_modules", tmp_path)
    for weight in (400, 700):
        drawn = TTFont(shelf.subset("王ł㐀", weight)).getBestCmap()
        assert {ord(one) for one in "王ł㐀"} <= set(drawn)


def test_a_pack_is_found_by_its_bare_name_when_the_folder_is_empty(installed: Path, tmp_path: Path) -> None:
    assert " examples pass" in _suchang(installed, tmp_path, "rules", "test", "jiangsu")


def test_the_folder_wins_when_it_has_the_name_of_a_pack(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "jiangsu").mkdir()
    with pytest.raises(AssertionError, match=r"jiangsu/pack\.yaml"):
        _suchang(installed, tmp_path, "rules", "test", "jiangsu")


@pytest.fixture
def serving(installed: Path, empty: Path) -> Iterator[int]:
    """Serve from an empty folder and return the port."""
    port = free_port(None)
    command = [sys.executable, "-m", "suchang", "serve", "--port", str(port), "--no-demo", "--workers", "1"]
    process = subprocess.Popen(command, cwd=empty, env=_environ(installed), stdout=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: _answers(port, "/readyz"), 120)
        yield port
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_pages_are_served_when_the_folder_is_empty(serving: int) -> None:
    for path in ("/", "/desk", "/me", "/openapi.json", "/.well-known/jwks.json"):
        assert _answers(serving, path), path
    with urlopen(f"http://127.0.0.1:{serving}/.well-known/jwt-vc-issuer", timeout=10) as answer:
        assert json.load(answer)["issuer"] == f"http://localhost:{serving}"


@pytest.mark.parametrize("program", ["gunicorn", "granian"])
def test_the_entry_point_answers_when_a_wsgi_server_loads_it(
    program: str, installed: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    port = free_port(None)
    words = {
        "gunicorn": ["gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
        "granian": ["granian", "wsgi:app", "--interface", "wsgi", "--port", str(port), "--log-level", "error"],
    }[program]
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=tmp_path, env=_environ(installed, **environ))
    try:
        assert wait_until(lambda: _answers(port, "/healthz"), 60)
    finally:
        process.terminate()
        process.wait(30)
