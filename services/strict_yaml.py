"""YAML of the benefit domains with the line of every value: no duplicate keys, no anchors, text keys only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from suchang.domain import strict_yaml
from suchang.domain.strict_yaml import Tree, YamlRefused

Path = tuple[str | int, ...]
_BOUNDS = strict_yaml.Bounds(aliases=0)
_TYPES = yaml.SafeLoader("")


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
        tree = strict_yaml.read_yaml(text, _BOUNDS)
        if tree is not None:
            document.data = _plain(tree, (), document)
    except YamlRefused as error:
        document.problems.append(Problem(file, error.line or 1, error.sentence))
    except ValueError as error:
        document.problems.append(Problem(file, 1, f"this is not YAML: {error}"))
    return document


def _plain(tree: Tree, path: Path, document: Document) -> object:
    document.lines.setdefault(path, tree.line)
    match tree:
        case strict_yaml.Mapping():
            return _mapping(tree, path, document)
        case strict_yaml.Sequence():
            return [_plain(child, (*path, index), document) for index, child in enumerate(tree.items)]
        case strict_yaml.Scalar():
            return _typed(tree)


def _typed(scalar: strict_yaml.Scalar) -> object:
    """Return what YAML takes a scalar for: a number, a truth value, a day, nothing or a text."""
    if not scalar.plain:
        return scalar.text
    tag = _TYPES.resolve(yaml.ScalarNode, scalar.text, (True, False))  # type: ignore[no-untyped-call]
    return _TYPES.construct_object(yaml.ScalarNode(tag, scalar.text))


def _mapping(tree: strict_yaml.Mapping, path: Path, document: Document) -> dict[str, object]:
    data: dict[str, object] = {}
    for name, value in tree.pairs:
        key = _typed(name)
        below = (*path, str(key))
        if not isinstance(key, str):
            document.lines.setdefault(below, name.line)
            document.problem(below, f"the key {key!r} is not text; put it in quotes")
        elif key in data:
            document.problems.append(Problem(document.file, name.line, f"{key} is given twice"))
        else:
            document.lines[below] = name.line
            data[key] = _plain(value, below, document)
    return data
