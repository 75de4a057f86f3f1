"""``suchang rules test``: run the examples of a pack."""

from __future__ import annotations

import json
from pathlib import Path

import click

from suchang.cli.pack_path import PackPath
from suchang.eligibility import load_pack
from suchang.eligibility.authoring.examples import read_examples, run_examples


@click.command("test", epilog="Example: suchang rules test jiangsu")
@click.argument("pack", type=PackPath())
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def test_examples(pack: Path, form: str) -> int:
    """Run the examples in PACK/cases and list those that fail, with file and line."""
    loaded = load_pack(pack)
    outcomes = run_examples(loaded, read_examples(loaded))
    failed = [each for each in outcomes if each.differences]
    if form == "json":
        listed = [
            {
                "file": each.example.place.file,
                "line": each.example.place.line,
                "case": each.example.sentence,
                "differences": list(each.differences),
            }
            for each in failed
        ]
        answer = {"version": loaded.version, "cases": len(outcomes), "failed": listed}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for each in failed:
            click.echo(f"{pack}/{each.example.place}: {each.example.sentence}")
            for difference in each.differences:
                click.echo(f"    {difference}")
        click.echo(f"{loaded.id}: {len(outcomes) - len(failed)} of {len(outcomes)} examples pass")
    return 1 if failed else 0
