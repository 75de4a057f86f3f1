"""Load a pack from a folder: read, check, gather; everything that is wrong comes back at once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from suchang.domain.strict_yaml import Sequence
from suchang.eligibility.errors import PackInvalid, Place
from suchang.eligibility.pack import consistency_checks
from suchang.eligibility.pack.condition_parser import Grammar
from suchang.eligibility.pack.files import MAX_CSV, MAX_FILE, Refused, read_text, read_yaml
from suchang.eligibility.pack.load_catalogues import read_catalogue
from suchang.eligibility.pack.load_facts import read_facts
from suchang.eligibility.pack.load_rules import MAX_RULES, Vocabulary, by_id, read_conditions, read_rules
from suchang.eligibility.pack.model import Catalogue, Document, Kinds, Label, Named, Pack, RuleVersion, Status
from suchang.eligibility.pack.reader import ID, NAME, Notes, Skip, Value

MAX_FILES, MAX_BYTES = 2000, 64 << 20


def load_pack(folder: str | os.PathLike[str]) -> Pack:
    """Load a policy pack from a folder; PackInvalid lists every problem with its file and line."""
    return _Loader(Path(folder)).load()


class _Loader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes = Notes()

    def load(self) -> Pack:
        """Read the files in the order in which they refer to one another."""
        try:
            files = list(_files(self.root, self.notes))
            self._check_texts(files)
            pack = self._read(files)
        except Refused as refused:
            self.notes.problems.append(refused.problem)
            pack = None
        except Skip:
            pack = None
        if self.notes.problems or pack is None:
            raise PackInvalid(self.root.name, self.notes.problems)
        return pack

    def _read(self, files: list[str]) -> Pack:
        head = self._value("pack.yaml").mapping(
            ["id", "title", "status", "tiers", "documents"], ["tracks", "catalogues", "kinds"]
        )
        identifier = head["id"].matching(ID, "an id: letters, digits, dot, dash and underscore")
        title, status = head["title"].label(), Status(head["status"].one_of(list(Status), "status"))
        tiers = _named(head["tiers"], 26)
        tracks = _named(head["tracks"], 50) if "tracks" in head else ()
        documents = _documents(head["documents"])
        labels = (
            {name: each.label() for name, each in head["catalogues"].free_mapping().items()}
            if ("catalogues" in head)
            else {}
        )
        catalogues = self._catalogues(files, labels)
        kinds = _kinds(head["kinds"]) if "kinds" in head else Kinds()
        facts = read_facts(self._value("facts.yaml"), kinds.known)
        self._stop_at_problems()
        grammar = Grammar(facts)
        words = Vocabulary(tuple(each.id for each in tiers), [each.id for each in tracks], list(documents), status)
        named = []
        if "conditions.yaml" in files:
            named = read_conditions(self._value("conditions.yaml"), grammar)
        rules = self._rules(files, grammar, words)
        pack = Pack(
            id=identifier,
            version=_digest(self.root, files),
            title=title,
            status=status,
            tiers=tiers,
            tracks=tracks,
            documents=documents,
            facts=facts,
            catalogues=catalogues,
            conditions=by_id(named, self.notes),
            rules=by_id(rules, self.notes),
            remarks=(),
            kinds=kinds,
            root=str(self.root),
        )
        return consistency_checks.checked(pack, grammar, self.notes)

    def _check_texts(self, files: list[str]) -> None:
        """Note every file that is no text as it should be, and stop: what it holds is not worth reading."""
        for file in files:
            if not file.endswith(".md"):
                try:
                    read_text(self.root / file, file, MAX_CSV if file.endswith(".csv") else MAX_FILE)
                except Refused as refused:
                    self.notes.problems.append(refused.problem)
        self._stop_at_problems()

    def _stop_at_problems(self) -> None:
        """Stop where going on would only report what follows from the problems so far."""
        if self.notes.problems:
            raise Skip

    def _value(self, file: str) -> Value:
        path = self.root / file
        if not path.is_file():
            raise Refused(file, 0, "the file is missing; a pack has pack.yaml, facts.yaml and rules/*.yaml")
        return Value(read_yaml(path, file), file, self.notes)

    def _catalogues(self, files: list[str], labels: dict[str, Label]) -> dict[str, Catalogue]:
        found = {}
        for file in files:
            if file.startswith("catalogues/"):
                path = self.root / file
                try:
                    found[path.stem] = read_catalogue(path, file, labels.get(path.stem), self.notes)
                except Refused as refused:
                    self.notes.problems.append(refused.problem)
        for name in labels:
            if f"catalogues/{name}.csv" not in files:
                self.notes.add(Place("pack.yaml", 0), f"a name is given to the catalogue {name!r}, which has no file")
        return found

    def _rules(self, files: list[str], grammar: Grammar, words: Vocabulary) -> list[RuleVersion]:
        rules: list[RuleVersion] = []
        for file in files:
            if file.startswith("rules/"):
                try:
                    with suppress(Skip):
                        rules += read_rules(self._value(file), grammar, words)
                except Refused as refused:
                    self.notes.problems.append(refused.problem)
        if not rules and not self.notes.problems:
            self.notes.add(Place("rules", 0), "there is no rule; write rules/<family>.yaml")
        if len(rules) > MAX_RULES:
            self.notes.add(Place("rules", 0), f"a pack has at most {MAX_RULES} rules")
        return rules


def pack_files(root: Path) -> list[str]:
    """List the files of a pack, sorted; PackInvalid when the folder is none or holds too much."""
    notes = Notes()
    try:
        return list(_files(root, notes))
    except Refused as refused:
        raise PackInvalid(root.name, [refused.problem]) from None


def _files(root: Path, notes: Notes) -> Iterator[str]:
    """Yield a pack's files, sorted; hidden ones are passed by, strange ones noted, too many refused."""
    if not root.is_dir():
        raise Refused("", 0, f"{root} is no folder; name the folder of a pack")
    total = 0
    found = []
    for folder, folders, names in os.walk(root, followlinks=False):
        # What editors, Finder and Git keep beside the files is none of the pack's.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*folders, *(name for name in names if not _is_hidden(name))]:
            path = Path(folder, name)
            file = path.relative_to(root).as_posix()
            if strange := _strange(path, file):
                notes.add(Place(file, 0), strange)
                if path.is_symlink() or path.is_dir():
                    folders[:] = [each for each in folders if each != name]
                continue
            if path.is_dir():
                continue
            found.append(file)
            total += path.stat().st_size
            if len(found) > MAX_FILES or total > MAX_BYTES:
                raise Refused(file, 0, f"a pack has at most {MAX_FILES} files and {MAX_BYTES >> 20} MiB")
    yield from sorted(found)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in ("Thumbs.db", "desktop.ini")


def _strange(path: Path, file: str) -> str:
    """Say why a file or folder can't be part of a pack; empty when it can."""
    if path.is_symlink():
        return "links are not allowed in a pack; copy the file"
    if path.is_dir():
        known = file in ("rules", "catalogues", "cases")
        return "" if known else "unknown folder; a pack has rules, catalogues and cases"
    if path.is_file() and _expected(file):
        return ""
    if path.suffix == ".yml":
        return f"files of a pack end with .yaml: call it {path.with_suffix('.yaml').name}"
    return "a pack does not read this file: it has *.yaml, catalogues/*.csv and *.md; keep it elsewhere"


def _expected(file: str) -> bool:
    path = PurePosixPath(file)
    if path.parent == PurePosixPath("."):
        return file in ("pack.yaml", "facts.yaml", "conditions.yaml") or path.suffix == ".md"
    suffix = ".csv" if path.parts[0] == "catalogues" else ".yaml"
    return path.suffix == suffix and not path.name.startswith(".")


def _digest(root: Path, files: list[str]) -> str:
    """Digest the pack: every file but the cases, by path and content."""
    lines = []
    for file in files:
        if not file.startswith("cases/"):
            lines.append(f"{file} {hashlib.sha256((root / file).read_bytes()).hexdigest()}\n".encode())
    return "sha256:" + hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def _named(value: Value, at_most: int) -> tuple[Named, ...]:
    found: dict[str, Named] = {}
    for each in value.items(at_most):
        keys = each.mapping(["id", "name"])
        name = keys["id"].matching(ID, "an id: letters, digits, dot, dash and underscore")
        if name in found:
            raise each.fail(f"{name!r} stands here twice")
        found[name] = Named(name, keys["name"].label())
    return tuple(found.values())


def _kinds(value: Value) -> Kinds:
    """Read the closed lists of kinds; one that is left out has its default, without what another list names."""
    keys, default = value.mapping([], ["never_alone", "no_merit", "merit"]), Kinds()
    given = {key: tuple(each.matching(NAME, "a kind of facts") for each in _listed(one)) for key, one in keys.items()}
    named = [kind for kinds in given.values() for kind in kinds]
    if twice := [kind for kind in named if named.count(kind) > 1]:
        raise value.fail(f"the kind {twice[0]!r} stands here twice; a kind belongs to one list")

    def left(kinds: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(kind for kind in kinds if kind not in named)

    return Kinds(
        given.get("never_alone", left(default.never_alone)),
        given.get("no_merit", left(default.no_merit)),
        given.get("merit", left(default.merit)),
    )


def _listed(value: Value) -> list[Value]:
    empty = isinstance(value.tree, Sequence) and not value.tree.items
    return [] if empty else list(value.items(50))


def _documents(value: Value) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for each in value.items(500):
        keys = each.mapping(["id", "title"], ["number", "issued", "url"])
        name = keys["id"].matching(ID, "an id: letters, digits, dot, dash and underscore")
        if name in found:
            raise each.fail(f"the document {name!r} stands here twice")
        found[name] = Document(
            name,
            keys["title"].label(),
            keys["number"].text() if "number" in keys else None,
            keys["issued"].day() if "issued" in keys else None,
            keys["url"].text() if "url" in keys else None,
        )
    return found
