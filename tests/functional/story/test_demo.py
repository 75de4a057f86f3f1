"""The unattended story, by the command that a newcomer types."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

import services
from suchang.cli.main import cli


def test_story_ends_well_and_its_picture_is_readable(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, ["demo", "--out", str(tmp_path / "demo")], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1].split() == ["verify", "again", "refused:", "revoked"]
    steps = {line.split("  ")[0].strip() for line in result.output.splitlines()}
    assert {"supplement", "appeal", "suspend", "restore", "departure", "move", "renew"} <= steps
    with Image.open(tmp_path / "demo" / "card.png") as picture:
        (read,) = zxingcpp.read_barcodes(picture)
    assert read.text.startswith("SC1:")
    assert (tmp_path / "demo" / "card.pdf").read_bytes().startswith(b"%PDF")


def test_all_nine_services_grant_and_refuse_when_asked_for(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    command = ["demo", "--all-services", "--format", "json", "--out", str(tmp_path / "demo")]
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    steps = [(one["step"], one["outcome"]) for one in json.loads(result.stdout)["steps"]]
    for slug in services.available():
        outcomes = [outcome for step, outcome in steps if step.startswith(f"{slug}.")]
        assert sum(outcome.startswith("redeemed") for outcome in outcomes) == 1, slug
        assert sum(outcome.startswith("refused: ") for outcome in outcomes) == 1, slug
