"""YAML with the line of every value: no duplicate keys, no anchors, text keys only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import yaml

Path = tuple[str | int, ...]
_ODD = re.compile(r"[\t?]")
_QUICK: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: written ``file:line: sentence``."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Document:
    """What a file holds: plain data, the line of each path, and the problems found while reading."""

    file: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: Path, message: str) -> None:
        """Note a problem at the line of a path, or of the nearest thing around it that has one."""
        where = path
        while where and where not in self.lines:
            where = where[:-1]
        self.problems.append(Problem(self.file, self.lines.get(where, 1), message))

    def errors(self, messages: object, path: Path = ()) -> None:
        """Note the nested messages of a marshmallow ValidationError."""
        if isinstance(messages, Mapping):
            for key, below in messages.items():
                # marshmallow adds steps of its own: _schema, and key or value for the entries of a mapping.
                own = key in {"_schema", "key", "value"} and (*path, key) not in self.lines
                self.errors(below, path if own else (*path, key))
        elif isinstance(messages, list):
            for message in messages:
                self.errors(message, path)
        else:
            self.problem(path, f"{'.'.join(map(str, path)) or 'file'}: {messages}")


def read(text: str, file: str) -> Document:
    """Read one YAML document; what can't be read is a problem of the document, never an exception."""
    document = Document(file)
    try:
        node = _compose(text, document)
        if node is not None:
            document.data = _plain(node, (), document, yaml.SafeLoader(""))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        sentence = " ".join(str(getattr(error, "problem", None) or error).split())
        document.problems.append(Problem(file, 1 if mark is None else mark.line + 1, f"not YAML: {sentence}"))
    return document


def _compose(text: str, document: Document) -> yaml.Node | None:
    """Return the nodes of a text without anchors, as PyYAML's own reader gives them.

    libyaml is several times as quick. It takes tabs and question marks where PyYAML refuses them, and words faults in
    its own way, so that a text with such signs or with a fault is PyYAML's to read.
    """
    if not _ODD.search(text):
        with suppress(yaml.YAMLError):
            return _compose_by(_QUICK, text, document)
    return _compose_by(yaml.SafeLoader, text, document)


def _compose_by(loader: type[yaml.SafeLoader], text: str, document: Document) -> yaml.Node | None:
    if any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(text, Loader=loader)):
        document.problem((), "anchors and aliases (& and *) are not used here; write the value out")
        return None
    return yaml.compose(text, Loader=loader)


def _plain(node: yaml.Node, path: Path, document: Document, loader: yaml.SafeLoader) -> object:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, loader)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), document, loader) for index, child in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(node: yaml.MappingNode, path: Path, document: Document, loader: yaml.SafeLoader) -> dict[str, object]:
    data: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node) if isinstance(key_node, yaml.ScalarNode) else None
        below = (*path, str(key))
        if not isinstance(key, str):
            document.lines.setdefault(below, key_node.start_mark.line + 1)
            document.problem(below, f"the key {key!r} is not text; put it in quotes")
        elif key in data:
            document.problems.append(Problem(document.file, key_node.start_mark.line + 1, f"{key} is given twice"))
        else:
            document.lines[below] = key_node.start_mark.line + 1
            data[key] = _plain(value_node, below, document, loader)
    return data
