"""``suchang rules simulate``: who gains, loses and moves when a pack is edited, on a file or on the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from suchang.cli.pack_path import PackPath
from suchang.eligibility import Label, load_pack
from suchang.eligibility.simulation import (
    Chunk,
    Pair,
    Report,
    Rows,
    Turn,
    answer_columns,
    answer_rows,
    open_rows,
    picture,
    simulate,
    write_changes,
)
from suchang.eligibility.simulation.report import NO_CATEGORY

CITY_FACT = "employer_city"
TURNS = {
    "zh": {Turn.GAINS: "新得", Turn.RISES: "上升", Turn.FALLS: "下降", Turn.LOSES: "失去"},
    "en": {Turn.GAINS: "gain", Turn.RISES: "rise", Turn.FALLS: "fall", Turn.LOSES: "lose"},
}
WORDS = {
    "zh": {
        "none": "无",
        "city": "设区市",
        "category": "类别",
        "rule": "决定的规则（改前 → 改后）",
        "clause": "起决定作用的条件",
        "unknown": "未知",
    },
    "en": {
        "none": "none",
        "city": "city",
        "category": "category",
        "rule": "deciding rules (before → after)",
        "clause": "deciding clauses",
        "unknown": "unknown",
    },
}


@click.command(
    "simulate",
    epilog="Example: suchang rules simulate packs/now packs/next --input people.parquet --on 2027-01-01 "
    "--output changes.xlsx --picture changes.svg",
)
@click.argument("old", type=PackPath())
@click.argument("new", type=PackPath())
@click.option("--input", "source", required=True, help="people.parquet, .csv, .jsonl, or db.")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day asked about.")
@click.option("--output", type=click.Path(path_type=Path), help="List of those who change: .parquet, .xlsx, .csv")
@click.option(
    "--picture", "drawing", type=click.Path(path_type=Path), help="The picture, an SVG (default: with the list)"
)
@click.option("--city-fact", help=f"The fact that tells the city (default: {CITY_FACT} where the pack has it).")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the texts.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
@click.option("--ignore-unknown-facts", is_flag=True, help="Pass over columns and facts that neither pack has.")
def simulate_command(
    old: Path,
    new: Path,
    source: str,
    on: datetime,
    output: Path | None,
    drawing: Path | None,
    city_fact: str | None,
    lang: str,
    form: str,
    ignore_unknown_facts: bool,
) -> int:
    """Determine everybody with two versions of a pack and count who gains, rises, falls and loses."""
    packs = load_pack(old), load_pack(new)
    pair = Pair(*packs, on.date(), city_fact or (CITY_FACT if CITY_FACT in packs[1].facts else None))
    with _people(pair, source, ignore_unknown_facts) as rows:
        for name in rows.missing:
            click.echo(f"note: no column {name}; it is unknown for everybody", err=True)
        report = _run(pair, rows, _chunks(pair, source, rows))
    if output:
        write_changes(output, report)
        drawing = drawing or output.with_suffix(".svg")
    if drawing:
        drawing.write_text(picture(report, lang), encoding="utf-8")
    if form == "json":
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        for line in _text(report, lang):
            click.echo(line)
    return 0


@contextmanager
def _people(pair: Pair, source: str, ignore_unknown: bool) -> Iterator[Rows]:
    facts = {**pair.old.facts, **pair.new.facts}
    if source != "db":
        yield open_rows(Path(source), facts, ignore_unknown=ignore_unknown)
        return
    # Only this source needs the database, and what speaks to it takes a while to load.
    from suchang.cli.runtime.database_urls import connected
    from suchang.persistence.engine import make_engine, make_sessions
    from suchang.workflows.policy.population import population, population_size

    with connected() as settings:
        engine = make_engine(settings.database_url)
        try:
            sessions = make_sessions(engine)

            def read() -> Iterator[tuple[str, dict[str, object]]]:
                for name, given in population(sessions, city_fact=pair.city_fact):
                    yield name, {key: value for key, value in given.items() if key in facts}

            yield Rows(population_size(sessions), (), read)
        finally:
            engine.dispose()


def _chunks(pair: Pair, source: str, rows: Rows) -> Iterator[Chunk]:
    """Answer Parquet by columns, everything else person by person."""
    if source.endswith(".parquet"):
        yield from answer_columns(pair, Path(source))
    else:
        yield from answer_rows(pair, rows.read())


def _run(pair: Pair, rows: Rows, chunks: Iterator[Chunk]) -> Report:
    """Simulate with a progress bar on a terminal."""
    if not sys.stderr.isatty():
        return simulate(pair, chunks)
    # Takes a while to load, and only a terminal shows it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("people", total=rows.count)
        return simulate(pair, chunks, progress=lambda count: progress.advance(task, count))


def _text(report: Report, lang: str) -> Iterator[str]:
    words, turns, pair = WORDS[lang], TURNS[lang], report.pair
    totals = report.turns()
    yield f"{pair.old.id} {pair.old.version[:19]} → {pair.new.id} {pair.new.version[:19]} · {pair.on}"
    yield f"{report.people:,} → {report.changed:,}: " + " · ".join(f"{turns[each]} {totals[each]:,}" for each in Turn)
    yield ""
    after = (*pair.tiers(1), None)
    yield _line("", [each or words["none"] for each in after])
    for before in (*pair.tiers(0), None):
        yield _line(before or words["none"], [f"{report.moves[before, each]:,}" for each in after])
    yield from _table(words["city"], _cities(report, lang), turns)
    yield from _table(words["category"], _categories(report, lang), turns)
    if report.by_rule:
        yield from ("", words["rule"])
        for (turn, one, other), count in report.by_rule.most_common(15):
            yield f"  {count:>9,}  {turns[turn]}  {one or words['none']} → {other or words['none']}"
    if report.clauses:
        yield from ("", f"{words['clause']} ({report.explained:,} / {report.changed:,})")
        for turn, clauses in report.clauses.items():
            for (zh, en), count in clauses.most_common(8):
                yield f"  {count:>9,}  {turns[turn]}  {en if lang == 'en' else zh}"


def _cities(report: Report, lang: str) -> dict[str, dict[Turn, int]]:
    pair = report.pair
    labels = pair.new.facts[pair.city_fact].value_labels if pair.city_fact else {}
    order = [*pair.cities, None]
    return {
        labels[city].text(lang) if city else WORDS[lang]["unknown"]: dict(report.by_city[city])
        for city in order
        if city in report.by_city
    }


def _categories(report: Report, lang: str) -> dict[str, dict[Turn, int]]:
    labels = {NO_CATEGORY: Label("其他规则", "other rules")}
    for pack in (report.pair.old, report.pair.new):
        if "categories" in pack.catalogues:
            labels |= {entry.code: entry.label for entry in pack.catalogues["categories"].entries}
    return {labels[code].text(lang): dict(counts) for code, counts in sorted(report.by_category.items())}


def _table(title: str, rows: dict[str, dict[Turn, int]], turns: dict[Turn, str]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield _line(title, [turns[turn] for turn in Turn])
    for name, counts in rows.items():
        yield _line(name, [f"{counts.get(turn, 0):,}" for turn in Turn])


def _line(name: str, cells: list[str]) -> str:
    """Set a line of a table; Chinese characters take two places of a terminal."""
    return _padded(name, 28, left=True) + "".join(_padded(cell, 12) for cell in cells)


def _padded(text: str, width: int, *, left: bool = False) -> str:
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in text)
    space = " " * max(0, width - wide)
    return text + space if left else space + text
