"""Amend a pack: change one threshold from a day on, in its text, as an officer would write it; comments are kept.

The entry of the rule or condition ends the day before, and a copy of it with the new value follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from suchang.domain.errors import Invalid
from suchang.eligibility.authoring.pack_diff import compare_packs
from suchang.eligibility.pack.load import load_pack
from suchang.eligibility.pack.model import Pack

_BOUNDS = ("lt", "le", "gt", "ge")
_PERIOD = re.compile(r"P(?:\d+Y)?(?:\d+M)?(?:\d+D)?\Z")
_NUMBER = re.compile(r"\d{1,14}(?:\.\d{1,4})?\Z")
# Several times as quick as PyYAML's own, which is kept where the places of nodes in the text decide what is written.
_QUICK: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class AmendmentRefused(Invalid):
    """The amendment can't be made; the sentence says why."""

    slug = "amendment_refused"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number or period in a rule or a named condition; ``key`` finds it again in the same version of the pack."""

    key: str
    owner: str
    """The id of the rule or condition."""
    fact: str
    field: str
    """The field of a list's item, empty for the fact itself; ``count`` for how many items are needed."""
    bound: str
    """lt, le, gt, ge, or within."""
    value: str
    is_age: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    threshold: Threshold
    entry: yaml.MappingNode
    scalar: yaml.ScalarNode


def thresholds(pack: Pack, on: date) -> list[Threshold]:
    """List every threshold of what is in force on a day or later, in the order of the files."""
    return [each.threshold for path in _files(pack) for each in _in_file(Path(pack.root), path, on, _QUICK)]


def amend(pack: Pack, folder: Path, key: str, value: str, start: date) -> Pack:
    """Change one threshold from a day on in ``folder``, a copy of the pack's own; gives the pack that comes of it.

    AmendmentRefused when there is no such threshold, the value is none of its kind, or the day is not within its time.
    """
    every = (each for path in _files(pack) for each in _in_file(folder, path, None, yaml.SafeLoader))
    found = next((each for each in every if each.threshold.key == key), None)
    if found is None:
        raise AmendmentRefused("This threshold is not in the pack (any more); choose it from the list again.")
    shape = _PERIOD if found.threshold.bound == "within" else _NUMBER
    if not shape.match(value) or value == "P":
        raise AmendmentRefused(f"{value or 'Nothing'} is no value here: write it like {found.threshold.value}.")
    path = folder / key.partition("#")[0]
    path.write_text(_amended(path.read_text(encoding="utf-8"), found, value, start), encoding="utf-8")
    amended = load_pack(folder)
    strange = [each.id for each in compare_packs(pack, amended) if each.id != found.threshold.owner]
    if strange:
        raise AmendmentRefused(f"The change would also touch {', '.join(strange[:3])}; edit the files by hand instead.")
    return amended


def _files(pack: Pack) -> list[str]:
    root = Path(pack.root)
    named = [root / "conditions.yaml"] if (root / "conditions.yaml").is_file() else []
    return [path.relative_to(root).as_posix() for path in [*named, *sorted((root / "rules").glob("*.yaml"))]]


def _in_file(root: Path, file: str, on: date | None, loader: type[yaml.SafeLoader]) -> Iterator[_Found]:
    tree = yaml.compose((root / file).read_text(encoding="utf-8"), Loader=loader)
    if not isinstance(tree, yaml.MappingNode):
        return
    for number, entry in enumerate(_entries(tree)):
        keys = _keys(entry)
        _, last = _in_force(keys.get("in_force"))
        if on is not None and last is not None and last < on:
            continue
        for place, (fact, field, bound, scalar, is_age) in enumerate(_leaves(keys["when"], "")):
            key = f"{file}#{number}.{place}"
            yield _Found(Threshold(key, keys["id"].value, fact, field, bound, scalar.value, is_age), entry, scalar)


def _entries(tree: yaml.MappingNode) -> list[yaml.MappingNode]:
    [listed] = [node for name, node in tree.value if name.value in {"rules", "conditions"}]
    return list(listed.value)


def _keys(node: Any) -> dict[str, Any]:
    return {name.value: value for name, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _in_force(node: Any) -> tuple[date | None, date | None]:
    ends = {name: date.fromisoformat(one.value) for name, one in _keys(node).items()}
    return ends.get("from"), ends.get("to")


def _leaves(node: Any, fact: str) -> Iterator[tuple[str, str, str, yaml.ScalarNode, bool]]:
    """Walk a condition: fact, field, bound, the scalar, whether it is an age."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _leaves(each, fact)
        return
    keys = _keys(node)
    fact = keys["fact"].value if "fact" in keys else fact
    operator, value = keys.get("op"), keys.get("value")
    if operator is not None and isinstance(value, yaml.ScalarNode):
        is_number = operator.value in _BOUNDS and bool(_NUMBER.match(value.value))
        if is_number or operator.value == "within":
            yield fact, keys["field"].value if "field" in keys else "", operator.value, value, False
        return
    for name, inner in keys.items():
        if name == "age":
            yield from ((fact, "", bound, one, True) for bound, one in _keys(inner).items())
        elif name == "count_items":
            yield from ((fact, "count", bound, one, False) for bound, one in _keys(inner).items() if bound in _BOUNDS)
            yield from _leaves(_keys(inner).get("where"), fact)
        elif name in {"all", "any", "not", "of", "at_least", "any_item", "where"}:
            yield from _leaves(inner, fact)


def _amended(text: str, found: _Found, value: str, start: date) -> str:
    """End the entry the day before, and write a copy with the new value behind it."""
    keys = _keys(found.entry)
    first, last = _in_force(keys.get("in_force"))
    if (first is not None and start <= first) or (last is not None and start > last):
        raise AmendmentRefused(f"{found.threshold.owner} is not in force on {start} and the day before.")
    begin, end = _block(text, found.entry)
    entry = text[begin:end]
    indent = entry[: len(entry) - len(entry.lstrip())]
    before = _with_period(entry, keys, begin, first, start - timedelta(days=1), indent)
    scalar = found.scalar.start_mark.index - begin, found.scalar.end_mark.index - begin
    changed = entry[: scalar[0]] + value + entry[scalar[1] :]
    # A longer value moves what stands behind it: the period, where it is written after the condition.
    moved = len(value) - (scalar[1] - scalar[0])
    is_behind = "in_force" in keys and keys["in_force"].start_mark.index - begin > scalar[0]
    after = _with_period(changed, keys, begin - (moved if is_behind else 0), start, last, indent)
    return text[:begin] + before + after + text[end:]


def _block(text: str, entry: yaml.MappingNode) -> tuple[int, int]:
    """Return where the lines of an entry begin and end; comments and blank lines behind it belong to what follows."""
    lines = text.splitlines(keepends=True)
    top = entry.start_mark.line
    bottom = entry.end_mark.line + 1 if entry.flow_style else min(entry.end_mark.line, len(lines))
    while bottom > top + 1 and lines[bottom - 1].strip()[:1] in ("", "#"):
        bottom -= 1
    if not lines[bottom - 1].endswith("\n"):
        raise AmendmentRefused("The last line of the file has no end; add a line break to it.")
    return sum(map(len, lines[:top])), sum(map(len, lines[:bottom]))


def _with_period(
    entry: str, keys: dict[str, Any], begin: int, first: date | None, last: date | None, indent: str
) -> str:
    ends = [f"from: {first}"] if first else []
    ends += [f"to: {last}"] if last else []
    period = "{" + ", ".join(ends) + "}"
    if "in_force" in keys:
        node = keys["in_force"]
        return entry[: node.start_mark.index - begin] + period + entry[node.end_mark.index - begin :]
    if entry.lstrip().startswith("- {"):
        place = entry.index("{") + 1
        return f"{entry[:place]}in_force: {period}, {entry[place:]}"
    line = entry.index("\n") + 1
    return entry[:line] + f"{indent}  in_force: {period}\n" + entry[line:]
