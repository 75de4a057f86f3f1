"""A pack that can't be used is refused with file, line and what to do; hostile files cost nothing."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from suchang.eligibility import PackInvalid, load_pack
from suchang.eligibility.pack.files import Refused, read_yaml

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "example-city"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Copy the example pack to where it may be spoilt."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "pack"))


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackInvalid) as caught:
        load_pack(folder)
    return [str(each) for each in caught.value.problems]


SPOILT = yaml.safe_load(Path(__file__).with_name("spoilt.yaml").read_text(encoding="utf-8"))
"""Changes of the example pack: the file, what stands there, what is put there, the place and words of the answer."""


@pytest.mark.parametrize("spoilt", SPOILT, ids=[each["name"] for each in SPOILT])
def test_problem_names_file_line_and_remedy_when_a_pack_is_spoilt(spoilt: dict[str, str], pack: Path) -> None:
    path = pack / spoilt["file"]
    text = path.read_text(encoding="utf-8")
    assert spoilt["old"] in text
    path.write_bytes(text.replace(spoilt["old"], spoilt["new"], 1).encode())
    found = problems(pack)
    assert any(each.startswith(spoilt["place"] + ": ") and spoilt["says"] in each for each in found), found


def test_all_problems_come_at_once_when_several_rules_are_bad(pack: Path) -> None:
    path = pack / "rules" / "tiers.yaml"
    path.write_text(path.read_text().replace("op: ge", "op: gee").replace("{use: recent_prize}", "{use: nothing}"))
    assert len(problems(pack)) >= 4


@pytest.mark.parametrize("name", ["rules/x.yml", "notes.txt", "rules/~x.yaml.bak", "extra/x.yaml"])
def test_pack_is_refused_when_a_strange_file_lies_in_it(name: str, pack: Path) -> None:
    (pack / name).parent.mkdir(exist_ok=True)
    (pack / name).write_text("x")
    (problem,) = problems(pack)
    assert "delete" not in problem


@pytest.mark.parametrize(
    "name", [".git/config", ".DS_Store", "rules/.tiers.yaml.swp", "catalogues/~$awards.csv", "Thumbs.db"]
)
def test_pack_is_the_same_when_editors_and_systems_leave_their_files_in_it(name: str, pack: Path) -> None:
    (pack / name).parent.mkdir(exist_ok=True)
    (pack / name).write_bytes(b"\xff\x00")
    assert load_pack(pack).version == load_pack(EXAMPLE).version


def test_every_file_is_named_at_once_when_several_were_saved_by_windows(pack: Path) -> None:
    for name in ("pack.yaml", "facts.yaml", "rules/tiers.yaml"):
        (pack / name).write_bytes(b"\xef\xbb\xbf" + (pack / name).read_bytes())
    assert sorted(each.split(":")[0] for each in problems(pack)) == ["facts.yaml", "pack.yaml", "rules/tiers.yaml"]


def test_pack_is_refused_when_a_link_points_out_of_it(pack: Path) -> None:
    (pack / "rules" / "more.yaml").symlink_to("/etc/passwd")
    assert "links are not allowed" in problems(pack)[0]


def test_version_changes_with_every_file_but_the_cases_when_files_are_edited(pack: Path) -> None:
    first = load_pack(pack).version
    (pack / "cases" / "more.yaml").write_text("cases: []")
    assert load_pack(pack).version == first == load_pack(EXAMPLE).version
    (pack / "README.md").write_text("about this pack")
    assert load_pack(pack).version != first


BOMBS = {
    "deep list": "a: " + "[" * 100_000,
    "deep mapping": "".join(" " * depth + "a:\n" for depth in range(3_000)),
    "billion laughs": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in pairwise("abcdefgh")),
    "many aliases": "a: &a x\nb: [" + "*a, " * 1000 + "]",
    "recursive alias": "a: &a [*a]",
    "many values": "a: [" + "x, " * 150_000 + "]",
    "large": "a: " + "x" * (1 << 21),
    "merge key": "a: &a {b: c}\nd:\n  <<: *a\n",
    "long number": "id: " + "9" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_file_is_refused_quickly_when_it_is_hostile(bomb: str, pack: Path) -> None:
    (pack / "pack.yaml").write_text(BOMBS[bomb])
    started = time.process_time()
    assert problems(pack)
    assert time.process_time() - started < 20, "refusing must not cost more than reading a large pack"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"# \n\t,?%@`~0é\u0301\x00"), max_size=80))
def test_reader_only_refuses_when_yaml_is_arbitrary(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.yaml")
        path.write_text(text, encoding="utf-8", newline="")
        with suppress(Refused):
            read_yaml(path, "x.yaml")


def chain(length: int) -> str:
    """Write conditions of which each uses the next."""
    label = "{zh: 名, en: name}"
    links = [
        f"  - {{id: c{n}, name: {label}, when: {{all: [{{use: c{n + 1}}}, {{use: c{n + 1}}}]}}}}" for n in range(length)
    ]
    last = f"  - {{id: c{length}, name: {label}, when: {{fact: degree, op: known}}}}"
    return "\n".join(["conditions:", *links, last, ""])


@pytest.mark.parametrize("length", [30, 3000])
def test_pack_is_refused_when_named_conditions_multiply(length: int, pack: Path) -> None:
    (pack / "conditions.yaml").write_text(chain(length))
    rule = "rules:\n  - {id: R, kind: tier, tiers: [A], name: {zh: 名, en: n}, when: {use: c0}, "
    (pack / "rules" / "tiers.yaml").write_text(rule + "source: {document: catalogue-2026, section: x}}\n")
    (pack / "rules" / "gates.yaml").unlink()
    assert "simplify what it uses" in problems(pack)[0]
