"""Put the files of a pack in order: what editors, Excel and Windows do to texts, found and mended without a guess.

Only what has one right reading is mended: encodings, line ends, composed characters, spaces at line ends, tabs before a
line, and full-width ``：`` and ``，`` where a key stands. What a rule means never changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suchang.eligibility.errors import Place
from suchang.eligibility.pack.load import pack_files
from suchang.eligibility.pack.model import Label

_KEY = re.compile(r"((?:^\s*(?:- )*|[{,]\s*))([A-Za-z_][A-Za-z0-9_.-]*)：[ \u3000]*", re.MULTILINE)
_COMMA = re.compile(r"，\s*(?=[A-Za-z_][A-Za-z0-9_.-]*[：:])")
_INDENT = re.compile(r"^[ ]*\t[ \t]*", re.MULTILINE)
_TRAILING = re.compile(r"[ \t\u3000]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing out of order in a file, with the line where it is first found."""

    place: Place
    what: Label


class Unreadable(Exception):
    """The bytes of a file are no text in any encoding that is known here."""


def repairs(folder: Path, *, fix: bool = False) -> list[Repair]:
    """List what is out of order in a pack's files; with ``fix`` the files are written in order."""
    found: list[Repair] = []
    for file in pack_files(folder):
        path = folder / file
        data = path.read_bytes()
        try:
            text, several = _ordered(data, is_yaml=path.suffix == ".yaml")
        except Unreadable:
            what = Label("文件不是文本（UTF-8、GBK、UTF-16 都不是）", "the file is no text in UTF-8, GBK or UTF-16")
            found.append(Repair(Place(file, 1), what))
            continue
        found += [Repair(Place(file, line), what) for line, what in several]
        if fix and several:
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(text.encode("utf-8"))
            part.replace(path)
    return found


def _ordered(data: bytes, *, is_yaml: bool) -> tuple[str, list[tuple[int, Label]]]:
    """Return a file's text in order, and what had to be done for it."""
    text, several = _decoded(data)
    for after, what in _steps(text, is_yaml=is_yaml):
        if after != text:
            several.append((_first_difference(text, after), what))
            text = after
    return text, several


def _decoded(data: bytes) -> tuple[str, list[tuple[int, Label]]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name, encoding = "UTF-16", "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        what = Label("文件以字节序标记（BOM）开头，应保存为不带 BOM 的 UTF-8", "the file starts with a byte-order mark")
        return data.decode("utf-8-sig", errors="strict"), [(1, what)]
    else:
        try:
            return data.decode("utf-8"), []
        except UnicodeDecodeError:
            name, encoding = "GBK", "gb18030"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable from None
    return text, [(1, Label(f"文件编码是 {name}，应为 UTF-8", f"the file is encoded in {name} and not in UTF-8"))]


def _steps(text: str, *, is_yaml: bool) -> Iterator[tuple[str, Label]]:
    """Yield the text after each step, with what the step mends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    yield text, Label("行尾是 Windows 的 CR，应为 LF", "lines end with CR, as Windows writes them, and not with LF")
    text = unicodedata.normalize("NFC", text)
    yield text, Label("有分解的字符，应写成组合字符（NFC）", "characters are decomposed and not composed (Unicode NFC)")
    if not is_yaml:
        return
    text = _INDENT.sub(lambda found: found[0].replace("\t", "  "), text)
    yield text, Label("行首有制表符，应为空格", "a tab stands before a line, where YAML needs spaces")
    before = ""
    while before != text:
        before = text
        text = _KEY.sub(r"\1\2: ", _COMMA.sub(", ", text))
    yield text, Label("键后用了全角“：”或“，”，应为半角", "a full-width colon or comma stands after a key")
    text = _TRAILING.sub("", text)
    yield text, Label("行末有多余空格", "spaces stand at the end of a line")
    text = text.rstrip("\n") + "\n" if text.strip() else text
    yield text, Label("文件末尾应有且只有一个换行", "the file must end with one line break")


def _first_difference(before: str, after: str) -> int:
    """Return the line on which two texts first differ."""
    lines = zip(before.split("\n"), after.split("\n"), strict=False)
    different = (number for number, (one, other) in enumerate(lines, 1) if one != other)
    return next(different, min(before.count("\n"), after.count("\n")) + 1)
