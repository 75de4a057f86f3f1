"""Say where the house calls a thing by another word than its own: ``python -m tests.support.check_words``.

Read are identifiers and routes of Python files, ids, classes, names and addresses of templates, style sheets,
commands of the command line. The words are those of docs/glossary.yaml.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.yaml"
_ATTRIBUTE = re.compile(r'\b(?:id|class|name|href|action|for)="([^"]*)"')
_EXPRESSION = re.compile(r"{[{%](.*?)[%}]}", re.S)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SELECTOR = re.compile(r"[.#]([A-Za-z][\w-]*)")
_EXEMPT = re.compile(r"^(own_case|party_to_case|match_case|ignore_case)$")
"""Codes that programs of others know, and words of the language itself."""


@dataclass(frozen=True)
class Term:
    """One entry of the glossary, as far as it forbids something."""

    term: str
    forbidden: frozenset[str]
    zh_forbidden: tuple[str, ...]
    where: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A forbidden word in its place."""

    place: str
    said: str
    term: str

    def __str__(self) -> str:
        """Say the finding in one line."""
        return f"{self.place}: {self.said!r} should be called {self.term!r}"


def glossary(path: Path = GLOSSARY) -> list[Term]:
    """Read the glossary; a term without a Chinese word or a meaning raises KeyError."""
    entries = yaml.safe_load(path.read_text())
    for entry in entries:
        entry["zh"], entry["meaning"]
    return [
        Term(one["term"], frozenset(one.get("forbidden", ())), tuple(one.get("zh_forbidden", ())), tuple(one["where"]))
        for one in entries
    ]


def words_of(identifier: str) -> set[str]:
    """Take an identifier apart: case_id → case, id, case_id; CaseView → case, view, case_view."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).replace("-", "_").lower()
    parts = [one for one in snake.split("_") if one]
    return {"_".join(parts[at : at + size]) for size in (1, 2, 3, 4) for at in range(len(parts) - size + 1)}


def _python(text: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, ast.arg):
            yield line, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield line, node.name
            for decorator in node.decorator_list:
                yield from _addresses(decorator)


def _addresses(decorator: ast.expr) -> Iterator[tuple[int, str]]:
    """Give the pieces of a route or the name of a command."""
    if not isinstance(decorator, ast.Call) or not decorator.args:
        return
    first = decorator.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        if first.value.startswith("/cases/<application_id>"):
            return  # the address of before, which leads to the one of today
        for piece in re.findall(r"[A-Za-z_-]+", first.value):
            yield first.lineno, piece


def _template(text: str) -> Iterator[tuple[int, str]]:
    for found in _ATTRIBUTE.finditer(text):
        plain = _EXPRESSION.sub(" ", found[1])
        yield from ((_line(text, found.start()), one) for one in re.findall(r"[A-Za-z][\w-]*", plain))
    for found in _EXPRESSION.finditer(text):
        plain = _QUOTED.sub(" ", found[1])
        yield from ((_line(text, found.start()), one) for one in re.findall(r"[A-Za-z_]\w*", plain))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _style(text: str) -> Iterator[tuple[int, str]]:
    for found in _SELECTOR.finditer(text):
        yield _line(text, found.start()), found[1]


_READERS = {".py": _python, ".html": _template, ".css": _style}


def findings(root: Path = ROOT, terms: list[Term] | None = None) -> Iterator[Finding]:
    """List forbidden words below a folder."""
    for term in terms if terms is not None else glossary():
        for where in term.where:
            for path in sorted((root / where).rglob("*")):
                if path.suffix in _READERS:
                    yield from _in_file(root, path, term)


def _in_file(root: Path, path: Path, term: Term) -> Iterator[Finding]:
    text, place = path.read_text(), path.relative_to(root).as_posix()
    for line, said in sorted(set(_READERS[path.suffix](text))):
        if words_of(said) & term.forbidden and not _EXEMPT.match(said):
            yield Finding(f"{place}:{line}", said, term.term)
    for synonym in term.zh_forbidden:
        if path.suffix == ".html" and (at := text.find(synonym)) >= 0:
            yield Finding(f"{place}:{_line(text, at)}", synonym, term.term)


def main() -> int:
    """Print what was found; 1 when there was anything."""
    found = list(findings())
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
