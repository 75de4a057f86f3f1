"""``rules fmt`` undoes what editors, Excel and Windows do to a pack, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from suchang.cli.main import cli
from suchang.eligibility import PackInvalid, load_pack

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "example-city"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "example-city")
    return tmp_path / "example-city"


def fmt(pack: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["rules", "fmt", str(pack), *words], standalone_mode=False)
    assert isinstance(result.return_value, int), result.output
    return result.return_value, result.output


SPOIL: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "byte-order mark": (lambda data: b"\xef\xbb\xbf" + data, "字节序标记"),
    "CR LF": (lambda data: data.replace(b"\n", b"\r\n"), "CR"),
    "GBK": (lambda data: data.decode().encode("gb18030"), "GBK"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "UTF-16"),
    "full-width colon": (lambda data: data.replace(b"type: ", "type：".encode()), "全角"),
    "full-width comma": (lambda data: data.replace(b", en: ", "，en：".encode()), "全角"),
    "spaces at line ends": (lambda data: data.replace(b"facts:\n", b"facts:  \n"), "行末"),
    "no last line end": (lambda data: data.rstrip(b"\n"), "换行"),
    "all at once": (
        lambda data: b"\xef\xbb\xbf" + data.replace(b"type: ", "type：".encode()).replace(b"\n", b"\r\n"),
        "全角",
    ),
}


@pytest.mark.parametrize("name", SPOIL)
def test_files_are_as_they_were_when_fixed(name: str, pack: Path) -> None:
    spoil, says = SPOIL[name]
    path = pack / "facts.yaml"
    path.write_bytes(spoil(path.read_bytes()))
    spoilt = path.read_bytes()
    code, out = fmt(pack)
    assert (code, says in out) == (1, True)
    assert path.read_bytes() == spoilt
    assert fmt(pack, "--fix")[0] == 0
    assert path.read_bytes() == (EXAMPLE / "facts.yaml").read_bytes()
    assert fmt(pack)[0] == 0
    assert load_pack(pack).version == load_pack(EXAMPLE).version


def test_files_keep_their_bytes_when_they_are_in_order(pack: Path) -> None:
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    assert fmt(pack, "--fix") == (0, "0 处已整理\n")
    assert {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before


def test_punctuation_of_sentences_stays_when_files_are_fixed(pack: Path) -> None:
    path = pack / "cases" / "more.yaml"
    path.write_text("cases:\n  - case: 在本市工作，学位：博士，认定\n", encoding="utf-8")
    assert fmt(pack, "--fix")[0] == 0
    assert "在本市工作，学位：博士，认定" in path.read_text(encoding="utf-8")


def test_bytes_that_are_no_text_are_named_and_left_when_files_are_fixed(pack: Path) -> None:
    path = pack / "facts.yaml"
    path.write_bytes(b"\xff\x81\x00\x80")
    _, out = fmt(pack, "--fix")
    assert "不是文本" in out
    assert path.read_bytes() == b"\xff\x81\x00\x80"
    with pytest.raises(PackInvalid):
        load_pack(pack)
