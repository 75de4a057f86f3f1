"""``suchang rules check``: load a pack, analyse it, and say with file and line what is wrong or looks wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from suchang.cli.pack_path import PackPath
from suchang.domain.clock import local_date, system_clock
from suchang.eligibility import Pack, PackInvalid, PackProblem, load_pack
from suchang.eligibility.analysis import Change, Finding, analyse, who_changes_from


@dataclass(frozen=True)
class Line:
    """One thing to say about a pack."""

    level: str
    code: str
    problem: PackProblem
    finding: Finding | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as a JSON object; a witness stands in ``facts``, ``on`` and what it shows in ``shows``."""
        place = self.problem.place
        answer: dict[str, Any] = {
            "level": self.level,
            "code": self.code,
            "file": place.file,
            "line": place.line,
            "message": self.problem.message,
        }
        if self.finding and self.finding.facts is not None:
            answer["witness"] = {
                "on": self.finding.on.isoformat(),
                "facts": self.finding.facts,
                "shows": self.finding.shows,
            }
        return answer


@click.command(epilog="Example: suchang rules check jiangsu --on 2026-11-01")
@click.argument("pack", type=PackPath())
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Analyse from this day on (default: today).")
@click.option("--against", type=PackPath(), help="An older version: show whom the edit changes.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option("--no-analysis", is_flag=True, help="Only load; skip the proofs, which take seconds.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def check(pack: Path, on: Any, against: Path | None, strict: bool, no_analysis: bool, form: str) -> int:
    """Load and analyse a pack: errors, and warnings that each name a person who shows them.

    Warned of are rules that nobody can meet, rules that a better one always overtakes, gaps between amendments, and
    tier rules that papers, degree, seniority or awards alone can satisfy. Put the facts of a witness into a file and
    run `suchang rules determine PACK --facts FILE --on DATE --all-rules` to see the same. With --against, each kind of
    change is named with a person and the first day on which it happens.
    """
    day = on.date() if on else local_date(system_clock())
    try:
        loaded = load_pack(pack)
    except PackInvalid as error:
        lines = [Line("error", "invalid", each) for each in error.problems]
        _say(pack, None, lines, [], form)
        return 1
    lines = [Line("warning", "unused", each) for each in loaded.remarks]
    if not no_analysis:
        found = analyse(loaded, day)
        lines += [Line("warning", each.code, PackProblem(each.place, each.message), each) for each in found]
    changes = list(who_changes_from(load_pack(against), loaded, day)) if against else []
    _say(pack, loaded, lines, changes, form)
    return 1 if strict and lines else 0


def _say(folder: Path, pack: Pack | None, lines: list[Line], changes: list[Change], form: str) -> None:
    if form == "json":
        answer: dict[str, Any] = {
            "version": pack.version if pack else None,
            "problems": [each.to_json() for each in lines],
            "changes": [
                {"before": each.before, "after": each.after, "on": each.on.isoformat(), "facts": each.facts}
                | ({"owner": each.owner, "part": each.part} if each.owner else {})
                for each in changes
            ],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=_plain))
        return
    for text in _text(folder, lines, changes):
        click.echo(text)
    if pack:
        click.echo(f"{pack.id}: {len(pack.rules)} rules, {len(pack.facts)} facts, version {pack.version}")


def _text(folder: Path, lines: list[Line], changes: list[Change]) -> Iterator[str]:
    for each in lines:
        yield f"{folder}/{each.problem.place}: {each.level}: {each.problem.message} [{each.code}]"
        if each.finding and each.finding.facts is not None:
            yield f"    witness on {each.finding.on}: {_facts(each.finding.facts)}"
    for change in changes:
        moved = f"{change.before or 'no tier'} → {change.after or 'no tier'}"
        about = f" by {change.owner} ({change.part})" if change.owner else ""
        yield f"change from {change.on}{about}: {moved}: {_facts(change.facts)}"


def _facts(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False, default=_plain)


def _plain(value: object) -> Any:
    """Write what JSON does not know: exact decimals and dates."""
    if isinstance(value, Decimal):
        # JSON's own numbers are doubles to most readers; what they can't hold is a text, which facts may be too.
        return float(value) if Decimal(repr(float(value))) == value else format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)
