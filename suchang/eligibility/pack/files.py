"""Read files that strangers may have written: caps first, then YAML without its guesses (``domain.strict_yaml``)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from suchang.domain import strict_yaml
from suchang.domain.strict_yaml import Tree, YamlRefused
from suchang.eligibility.errors import PackProblem, Place

MAX_FILE = 1 << 20
MAX_CSV = 8 << 20


class Refused(Exception):
    """A file can't be read at all; carries the problem."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(message)
        self.problem = PackProblem(Place(file, line), message)


_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def read_text(path: Path, file: str, limit: int) -> str:
    """Read a text file: UTF-8 in NFC, at most ``limit`` bytes, LF line ends, no byte-order mark; else Refused."""
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Refused(file, 0, f"the file is larger than {limit // 1024} KiB; split it")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refused(file, 1, "the file starts with a byte-order mark; `suchang rules fmt --fix` takes it away")
    if (at := data.find(b"\r")) >= 0:
        raise Refused(file, data.count(b"\n", 0, at) + 1, "the line ends with CR; `suchang rules fmt --fix` writes LF")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(
            file,
            data.count(b"\n", 0, error.start) + 1,
            "the line is not UTF-8; `suchang rules fmt --fix` turns GBK into it",
        ) from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isascii() and not unicodedata.is_normalized("NFC", line):
            raise Refused(file, number, "the line has decomposed characters; write them composed (Unicode NFC)")
        if _CONTROL.search(line):
            raise Refused(file, number, "the line has a control character, which no editor shows; type the line anew")
    return text


def read_yaml(path: Path, file: str) -> Tree:
    """Read one YAML document into texts with lines; Refused for what is no YAML, too large, too deep or tagged."""
    text = read_text(path, file, MAX_FILE)
    try:
        tree = strict_yaml.read_yaml(text)
    except YamlRefused as error:
        raise Refused(file, error.line, error.sentence) from None
    if tree is None:
        raise Refused(file, 0, "the file is empty; write what it should hold")
    return tree
