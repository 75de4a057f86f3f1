"""``suchang rules schema, explain, table, diff``: a pack in words and tables."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from suchang.cli.main import WrongUse
from suchang.cli.pack_path import PackPath
from suchang.domain.clock import local_date, system_clock
from suchang.eligibility import load_pack
from suchang.eligibility.authoring.pack_diff import compare_packs
from suchang.eligibility.explain.decision_table import decision_table, markdown, write_xlsx
from suchang.eligibility.explain.rule_text import explain_rule
from suchang.eligibility.pack.column_schema import DIALECTS, arrow_json, arrow_text, ddl

_PATH = click.Path(path_type=Path)
_LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the texts.")
_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")


@click.command(epilog="Example: suchang rules schema jiangsu --format ddl --dialect postgres")
@click.argument("pack", type=PackPath())
@click.option("--format", "form", type=click.Choice(["arrow", "ddl", "json"]), default="arrow", help="How to answer.")
@click.option("--dialect", type=click.Choice(DIALECTS), default="postgres", help="SQL of --format ddl.")
@click.option("--table", default="people", help="Name of the table of --format ddl.")
def schema(pack: Path, form: str, dialect: str, table: str) -> None:
    """Show the columns that a population file or table needs for a pack."""
    loaded = load_pack(pack)
    if form == "json":
        click.echo(json.dumps(arrow_json(loaded), ensure_ascii=False, indent=2))
        return
    if not table.isidentifier() or not table.isascii():
        raise WrongUse(f"--table {table!r} is no name: letters, digits and underscores, a letter first")
    click.echo(arrow_text(loaded) if form == "arrow" else ddl(loaded, dialect, table), nl=False)


@click.command(epilog="Example: suchang rules explain jiangsu JS-B-03 --lang en")
@click.argument("pack", type=PackPath())
@click.argument("rule")
@_LANG
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Only the version in force on this day, with its dates.")
def explain(pack: Path, rule: str, lang: str, on: datetime | None) -> None:
    """Say one rule in plain Chinese or English, with its gate, source and every amendment."""
    click.echo(explain_rule(load_pack(pack), rule, lang, on.date() if on else None), nl=False)


@click.command(epilog="Example: suchang rules table jiangsu --output rules.xlsx")
@click.argument("pack", type=PackPath())
@_LANG
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today when left out.")
@click.option("--output", type=_PATH, help="A file: .xlsx or .md; Markdown on the screen when left out.")
def table(pack: Path, lang: str, on: datetime | None, output: Path | None) -> None:
    """Write the rules in force as decision tables that an officer can print: one a tier, conditions by rules."""
    day = on.date() if on else local_date(system_clock())
    made = decision_table(load_pack(pack), day, lang)
    if output is None:
        click.echo(markdown(made), nl=False)
    elif output.suffix == ".xlsx":
        write_xlsx(made, output)
    elif output.suffix == ".md":
        output.write_text(markdown(made), encoding="utf-8")
    else:
        raise WrongUse(f"--output {output}: the name must end in .xlsx or .md")


@click.command(epilog="Example: suchang rules diff jiangsu /tmp/edited")
@click.argument("old", type=PackPath())
@click.argument("new", type=PackPath())
@_LANG
@_FORM
def diff(old: Path, new: Path, lang: str, form: str) -> None:
    """Say what changed between two packs: facts, conditions, catalogues and rules, in words."""
    changes = compare_packs(load_pack(old), load_pack(new), lang)
    if form == "json":
        listed = [
            {"what": each.what, "id": each.id, "change": each.change, "details": each.details} for each in changes
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for each in changes:
        click.echo(f"{each.change} {each.what} {each.id}")
        for line in each.details:
            click.echo(f"    {line}")
    if not changes:
        click.echo("没有变化" if lang == "zh" else "no changes")
