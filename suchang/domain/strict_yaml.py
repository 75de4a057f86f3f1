"""The one strict reader of YAML: rule packs and the catalogues of the benefit domains.

YAML's own typing (``no`` is false, ``012`` is ten, ``1e3`` may be a text) is left to the caller: scalars stay texts
with a line, and whoever reads them says what each must be. Tags and further documents are refused, nesting, size and
aliases bounded, so that a small file can't become a large one.

PyYAML is the only library that a module of ``suchang.domain`` uses: it stands here because the engine and the benefit
domains may not import each other, and this is the floor that they share (docs/architecture.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

_QUICK: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ODD = re.compile(r"[\t?]")


class YamlRefused(Exception):
    """A text is no YAML, or none that is read here; line and column count from 1, 0 is not known."""

    def __init__(self, line: int, column: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line, self.column, self.sentence = line, column, sentence


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a text may grow to."""

    nodes: int = 100_000
    depth: int = 40
    aliases: int = 50


def read_yaml(text: str, bounds: Bounds = Bounds()) -> Tree | None:
    """Read one YAML document into texts with lines; None for an empty one; YamlRefused for what is not read here.

    libyaml is several times as quick as PyYAML's own reader. It takes tabs and question marks where that refuses them,
    and words faults in its own way, so that a text with such signs or with a fault is PyYAML's to read.
    """
    if not _ODD.search(text):
        try:
            return _Composer(bounds).compose(yaml.parse(text, Loader=_QUICK))
        except yaml.YAMLError:
            pass
    try:
        return _Composer(bounds).compose(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        raise YamlRefused(line, column, f"this is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlRefused(0, 0, f"this is not YAML: {str(error).splitlines()[0]}") from None


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read."""

    line: int
    is_mapping: bool
    anchor: str | None
    items: list[Tree]


class _Composer:
    """Build the tree from parser events without recursion, counting what a hostile file would multiply."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.anchors: dict[str, tuple[Tree, int]] = {}
        self.nodes = self.aliases = self.documents = 0

    def compose(self, events: Iterator[yaml.Event]) -> Tree | None:
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
        return root

    def _count_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise YamlRefused(line, 1, "a second YAML document starts here; one file holds one document")

    def _check(self, event: yaml.NodeEvent, line: int, depth: int) -> None:
        self._count(1, line)
        column = event.start_mark.column + 1 if event.start_mark else 0
        if event.anchor and not self.bounds.aliases:
            raise YamlRefused(line, column, "anchors and aliases (& and *) are not used here; write the value out")
        if tag := getattr(event, "tag", None):
            raise YamlRefused(line, column, f"the tag {tag} is not allowed; write the plain value")
        if depth >= self.bounds.depth:
            raise YamlRefused(line, column, f"nested deeper than {self.bounds.depth} levels; use named conditions")

    def _count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > self.bounds.nodes:
            raise YamlRefused(line, 0, f"the file holds more than {self.bounds.nodes} values; split it")

    def _alias(self, event: yaml.AliasEvent, line: int) -> Tree:
        self.aliases += 1
        if self.aliases > self.bounds.aliases:
            raise YamlRefused(line, 0, f"more than {self.bounds.aliases} aliases; use named conditions instead")
        if event.anchor not in self.anchors:
            raise YamlRefused(line, 0, f"the alias *{event.anchor} points to nothing before it")
        tree, size = self.anchors[event.anchor]
        self._count(size, line)
        return tree

    def _close(self, opened: _Open) -> Tree:
        if not opened.is_mapping:
            return Sequence(opened.line, tuple(opened.items))
        pairs = []
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise YamlRefused(key.line, 0, "a key must be a name")
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
