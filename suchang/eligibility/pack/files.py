"""Read files that strangers may have written: caps first, then YAML without its guesses.

YAML's own typing (``no`` is false, ``012`` is ten, ``1e3`` may be a text) is never used: scalars stay texts with
a line, and the schema says what each must be. Tags and further documents are refused, aliases bounded, so that a small
file can't become a large one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from suchang.eligibility.errors import PackProblem, Place

MAX_FILE = 1 << 20
MAX_CSV = 8 << 20
MAX_NODES = 100_000
MAX_DEPTH = 40
MAX_ALIASES = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Refused(Exception):
    """A file can't be read at all; carries the problem."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(message)
        self.problem = PackProblem(Place(file, line), message)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written; ``plain`` when it stood without quotes."""

    line: int
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A YAML list."""

    line: int
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A YAML mapping with text keys; keys may occur twice here, the reader refuses them."""

    line: int
    pairs: tuple[tuple[Scalar, Tree], ...]


Tree = Scalar | Sequence | Mapping
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def read_text(path: Path, file: str, limit: int) -> str:
    """Read a text file: UTF-8 in NFC, at most ``limit`` bytes, LF line ends, no byte-order mark; else Refused."""
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Refused(file, 0, f"the file is larger than {limit // 1024} KiB; split it")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refused(file, 1, "the file starts with a byte-order mark; save it as UTF-8 without BOM")
    if (at := data.find(b"\r")) >= 0:
        raise Refused(file, data.count(b"\n", 0, at) + 1, "the line ends with CR; save the file with LF line ends")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(file, data.count(b"\n", 0, error.start) + 1, "the line is not UTF-8; save the file so") from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isascii() and not unicodedata.is_normalized("NFC", line):
            raise Refused(file, number, "the line has decomposed characters; write them composed (Unicode NFC)")
        if _CONTROL.search(line):
            raise Refused(file, number, "the line has a control character; delete it")
    return text


def read_yaml(path: Path, file: str) -> Tree:
    """Read one YAML document into texts with lines; Refused for what is no YAML, too large, too deep or tagged."""
    text = read_text(path, file, MAX_FILE)
    try:
        return _Composer(file).compose(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else 0
        raise Refused(file, line, f"this is no YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise Refused(file, 0, f"this is no YAML: {str(error).splitlines()[0]}") from None


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read."""

    line: int
    is_mapping: bool
    anchor: str | None
    items: list[Tree]


class _Composer:
    """Build the tree from parser events without recursion, counting what a hostile file would multiply."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.anchors: dict[str, tuple[Tree, int]] = {}
        self.nodes = self.aliases = self.documents = 0

    def compose(self, events: Iterator[yaml.Event]) -> Tree:
        """Read all events of one document."""
        stack: list[_Open] = []
        root: Tree | None = None
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.DocumentStartEvent):
                self._count_document(line)
            done: Tree | None = None
            anchor: str | None = None
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._check(event, line, len(stack))
                stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent), event.anchor, []))
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                opened = stack.pop()
                done, anchor = self._close(opened), opened.anchor
            elif isinstance(event, yaml.ScalarEvent):
                self._check(event, line, len(stack))
                done, anchor = Scalar(line, event.value, not event.style), event.anchor
            elif isinstance(event, yaml.AliasEvent):
                done = self._alias(event, line)
            if done is None:
                continue
            if anchor:
                self.anchors[anchor] = (done, _size(done))
            if stack:
                stack[-1].items.append(done)
            else:
                root = done
        if root is None:
            raise Refused(self.file, 0, "the file is empty; write what it should hold or delete it")
        return root

    def _count_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise Refused(self.file, line, "a second YAML document starts here; one file holds one document")

    def _check(self, event: yaml.Event, line: int, depth: int) -> None:
        self._count(1, line)
        if tag := getattr(event, "tag", None):
            raise Refused(self.file, line, f"the tag {tag} is not allowed; write the plain value")
        if depth >= MAX_DEPTH:
            raise Refused(self.file, line, f"nested deeper than {MAX_DEPTH} levels; use named conditions")

    def _count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise Refused(self.file, line, f"the file holds more than {MAX_NODES} values; split it")

    def _alias(self, event: yaml.AliasEvent, line: int) -> Tree:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise Refused(self.file, line, f"more than {MAX_ALIASES} aliases; use named conditions instead")
        if event.anchor not in self.anchors:
            raise Refused(self.file, line, f"the alias *{event.anchor} points to nothing before it")
        tree, size = self.anchors[event.anchor]
        self._count(size, line)
        return tree

    def _close(self, opened: _Open) -> Tree:
        if not opened.is_mapping:
            return Sequence(opened.line, tuple(opened.items))
        pairs = []
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise Refused(self.file, key.line, "a key must be a name")
            pairs.append((key, value))
        return Mapping(opened.line, tuple(pairs))


def _size(tree: Tree) -> int:
    """Count the values of a tree; aliases were expanded, so that the count is what a reader would walk."""
    todo, size = [tree], 0
    while todo:
        each = todo.pop()
        size += 1
        if isinstance(each, Sequence):
            todo.extend(each.items)
        elif isinstance(each, Mapping):
            todo.extend(value for _, value in each.pairs)
            size += len(each.pairs)
    return size
