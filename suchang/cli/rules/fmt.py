"""``suchang rules fmt``: find and mend what editors, Excel and Windows did to the files of a pack."""

from __future__ import annotations

from pathlib import Path

import click

from suchang.eligibility.authoring.pack_format import repairs


@click.command("fmt", epilog="Example: suchang rules fmt my-city --fix")
@click.argument("pack", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--fix", is_flag=True, help="Write the files in order; without it they are only looked at.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the texts.")
def fmt(pack: Path, fix: bool, lang: str) -> int:
    """Say everything that is out of order in a pack's files: encoding, line ends, tabs, full-width punctuation."""
    found = repairs(pack, fix=fix)
    for each in found:
        click.echo(f"{pack}/{each.place}: {each.what.text(lang)}")
    if fix or not found:
        said = f"{len(found)} 处已整理", f"{len(found)} things put in order"
    else:
        said = f"共 {len(found)} 处；加 --fix 即可整理", f"{len(found)} things; --fix puts them in order"
    click.echo(said[lang == "en"])
    return 0 if fix or not found else 1
