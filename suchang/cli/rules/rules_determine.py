"""``suchang rules determine``: determine one person, or a stream of people, from JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click

from suchang.cli.pack_path import PackPath
from suchang.domain.errors import FieldProblem
from suchang.eligibility import Engine, FactsInvalid, Record, load_pack
from suchang.eligibility.canonical import canonical
from suchang.eligibility.explain.report import report
from suchang.eligibility.facts_json import MAX_LINE, read_json


@click.command(epilog='Example: echo \'{"degree": "doctor"}\' | suchang rules determine PACK --facts - --on 2026-11-01')
@click.argument("pack", type=PackPath())
@click.option("--facts", required=True, type=click.File(encoding="utf-8"), help="JSON file, or - for standard input.")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day asked about.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the texts.")
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="json", help="How to answer.")
@click.option("--all-rules", is_flag=True, help="Add the value of every rule.")
@click.option("--ignore-unknown-facts", is_flag=True, help="Pass over facts that the pack does not have.")
def determine(
    pack: Path, facts: TextIO, on: datetime, lang: str, form: str, all_rules: bool, ignore_unknown_facts: bool
) -> int:
    """Determine one person from a JSON object; a JSON array or JSON Lines of people gives JSON Lines.

    In a stream a person whose facts can't be read gives {"line": n, "error": {...}} and exit code 1; the others go on.
    """
    engine = Engine(load_pack(pack))
    day = engine.day(on.date())
    out = sys.stdout.buffer if form == "json" else None

    def answer(given: Any, where: str) -> None:
        record = _record(engine, given, where, ignore_unknown_facts)
        found = day.determine(record, all_rules=all_rules)
        if out:
            out.write(found.canonical(lang))
        else:
            click.echo(report(found, lang))

    one, people = _people(facts)
    if one is not None:
        answer(one, "facts")
        return 0
    failed = 0
    for number, (given, problem) in enumerate(people, 1):
        try:
            if problem:
                raise problem
            answer(given, f"person {number}")
        except FactsInvalid as error:
            failed += 1
            if out:
                out.write(canonical({"line": number, "error": _error(error)}) + b"\n")
            else:
                click.echo(f"person {number}: {error.detail}", err=True)
    if failed:
        click.echo(f"suchang: {failed} people could not be read; their lines say why", err=True)
    return 1 if failed else 0


def _record(engine: Engine, given: Any, where: str, ignore_unknown: bool) -> Record:
    if not isinstance(given, dict):
        raise FactsInvalid([FieldProblem(where, "a JSON object with facts is needed")])
    return engine.parse_facts(given, ignore_unknown=ignore_unknown)


def _error(error: FactsInvalid) -> dict[str, Any]:
    errors = [{"field": each.field, "message": each.message} for each in error.errors]
    return {"code": error.code, "detail": error.detail, "errors": errors}


People = Iterator[tuple[Any, FactsInvalid | None]]


def _people(stream: TextIO) -> tuple[dict[str, Any] | None, People]:
    """Tell one person from many: an object over several lines is one, an array or one object a line are many.

    Lines are read one by one, so that a stream of any length needs the memory of one.
    """
    first = _line(stream, 1)
    while first is not None and not first.strip():
        first = _line(stream, 1)
    if first is None:
        raise FactsInvalid([FieldProblem("facts", "nothing to read; give a JSON object")])
    if first.lstrip().startswith("["):
        return None, _array(first + _rest(stream, len(first), 64 * MAX_LINE))
    head: tuple[Any, FactsInvalid | None]
    try:
        head = read_json(first), None
    except FactsInvalid as error:
        if not first.strip().endswith("}"):
            # Not a whole value on the first line: then the file is one object, written over several lines.
            return _object(first + _rest(stream, len(first), MAX_LINE)), iter(())
        head = None, error
    second = _line(stream, 2)
    while second is not None and not second.strip():
        second = _line(stream, 2)
    if second is None:
        return _object(first), iter(())
    return None, _lines(head, second, stream)


def _object(text: str) -> dict[str, Any]:
    given = read_json(text)
    if not isinstance(given, dict):
        raise FactsInvalid([FieldProblem("facts", "a JSON object with facts is needed")])
    return given


def _array(text: str) -> People:
    for each in read_json(text, many=True):
        yield each, None


def _lines(first: tuple[Any, FactsInvalid | None], second: str, stream: TextIO) -> People:
    yield first
    number, line = 2, second
    while True:
        if line.strip():
            try:
                yield read_json(line, f"line {number}"), None
            except FactsInvalid as error:
                yield None, error
        number += 1
        following = _line(stream, number)
        if following is None:
            return
        line = following


def _line(stream: TextIO, number: int) -> str | None:
    try:
        line = stream.readline(MAX_LINE + 2)
    except UnicodeDecodeError:
        raise FactsInvalid([FieldProblem(f"line {number}", "the text is not UTF-8")]) from None
    return line or None


def _rest(stream: TextIO, already: int, limit: int) -> str:
    try:
        text = stream.read(limit + 1 - already)
    except UnicodeDecodeError:
        raise FactsInvalid([FieldProblem("facts", "the text is not UTF-8")]) from None
    if already + len(text) > limit:
        raise FactsInvalid([FieldProblem("facts", "the file is too large for one value; write JSON Lines")])
    return text
