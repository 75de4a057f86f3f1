"""Installing the JavaScript parts."""

from __future__ import annotations

import json
import subprocess

from suchang.web import npm_parts


def test_one_sentence_when_npm_fails(monkeypatch, tmp_path, capsys):
    """A lock file that npm refuses stands in for a network that is away."""
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0.0", "dependencies": {"jose": "6.2.17"}}')
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(npm_parts, "ROOT", tmp_path)
    assert npm_parts.main([]) == 1
    error = capsys.readouterr().err
    assert error.startswith("npm could not install the JavaScript parts: ")
    assert error.count("\n") == 1


def test_nothing_is_done_when_the_stamp_is_that_of_the_lock_file(monkeypatch, tmp_path):
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(npm_parts, "ROOT", tmp_path)
    ran = []

    def npm(command, **_options):
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(npm_parts.subprocess, "run", npm)
    done = [npm_parts.install(test=wanted) for wanted in (False, False, True, True, False)]
    assert done == [True, False, True, False, False]
    assert ["--omit=dev" in command for command in ran] == [True, False]
    assert all("--ignore-scripts" in command for command in ran)
    (tmp_path / "package-lock.json").write_text("{ }")
    assert npm_parts.install(test=False)


def test_lock_file_is_pinned_and_names_no_registry():
    lock = json.loads((npm_parts.ROOT / "package-lock.json").read_text())
    package = json.loads((npm_parts.ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(version[0].isdigit() for version in versions)
    installed = {name: one for name, one in lock["packages"].items() if name}
    assert all("integrity" in one and "resolved" not in one for one in installed.values())
    at_run_time = {name for name, one in installed.items() if not one.get("dev")}
    assert at_run_time >= {"node_modules/zxing-wasm", "node_modules/@fontsource-variable/noto-sans-sc"}
    assert len(at_run_time) <= 8
