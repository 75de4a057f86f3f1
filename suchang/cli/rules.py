"""``suchang rules``: rule packs from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from suchang.eligibility import Pack, PackInvalid, PackProblem, load_pack

PACK = click.argument("pack", type=click.Path(path_type=Path))


@click.group(epilog="Example: suchang rules check eligibility_rules/jiangsu")
def rules() -> None:
    """Check, test, run and explain rule packs."""


@rules.command(epilog="Example: suchang rules check eligibility_rules/jiangsu")
@PACK
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def check(pack: Path, form: str) -> int:
    """Load a pack and list what is wrong or looks wrong, with file and line."""
    loaded: Pack | None = None
    try:
        loaded = load_pack(pack)
        problems: tuple[PackProblem, ...] = ()
    except PackInvalid as error:
        problems = error.problems
    remarks = loaded.remarks if loaded else ()
    if form == "json":
        listed = [
            {"level": level, "file": each.place.file, "line": each.place.line, "message": each.message}
            for level, several in (("error", problems), ("warning", remarks))
            for each in several
        ]
        version = loaded.version if loaded else None
        click.echo(json.dumps({"version": version, "problems": listed}, ensure_ascii=False, indent=2))
    else:
        for each in problems:
            click.echo(f"{pack}/{each.place}: error: {each.message}")
        for each in remarks:
            click.echo(f"{pack}/{each.place}: warning: {each.message}")
        if loaded:
            count = len(loaded.rules)
            click.echo(f"{loaded.id}: {count} rules, {len(loaded.facts)} facts, version {loaded.version}")
    return 1 if problems else 0
