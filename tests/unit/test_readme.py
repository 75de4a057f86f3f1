"""The readmes say what there is."""

from __future__ import annotations

import re

import pytest

from suchang.config import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def test_every_setting_is_explained_when_the_program_reads_it():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "suchang").rglob("*.py"))
    read = set(re.findall(r"[\"'](SUCHANG_[A-Z_]+|[A-Z_]*DATABASE_URL|REDIS_URL)[\"']", source))
    assert {name for name in read if f"`{name}`" not in README and f"`{name}=" not in README} == set()


@pytest.mark.parametrize("text", [README, CHINESE])
def test_every_link_leads_somewhere_when_it_is_followed(text):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("text", [README, CHINESE])
def test_every_make_target_exists_when_a_readme_names_it(text):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", text)) <= targets
