"""A simulation counts what determining everybody twice would count, and names the clause that was edited."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from textwrap import indent
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from suchang.cli.main import main
from suchang.eligibility import Engine, FactsInvalid, Pack, load_pack
from suchang.eligibility.simulation import (
    Pair,
    Report,
    Turn,
    answer_rows,
    open_rows,
    picture,
    simulate,
    write_changes,
)
from suchang.eligibility.simulation.answers import CityUnknown
from suchang.eligibility.simulation.export import ListNotWritten
from suchang.eligibility.simulation.rows import PeopleUnreadable
from tests.unit.eligibility.analysis.planted import FACTS, pack_of, rule

ON = date(2026, 11, 1)
CITY = """\
  city:
    type: enum
    label: {zh: 城市, en: city}
    kind: place
    values:
      - {code: n, label: {zh: 南京, en: Nanjing}}
      - {code: s, label: {zh: 苏州, en: Suzhou}}
"""
CATEGORIES = {"categories": "GOOD,好,good,,\nFINE,可,fine,,\n"}
SVG = "{http://www.w3.org/2000/svg}"


def edited(folder: Path, output: int, confirmed: int = 1) -> Pack:
    """Return a pack whose tier A asks for so much output, and whose tier B for so many confirmed results."""
    many = f"{{fact: results, count_items: {{where: {{field: confirmed, op: is_true}}, ge: {confirmed}}}}}"
    rules = rule("A-1", f"{{fact: output, op: ge, value: {output}}}", more="categories: [GOOD]")
    rules += rule("B-1", f"{{all: [{{fact: works_here, op: is_true}}, {many}]}}", more="categories: [FINE]")
    rules += rule("X-1", "{fact: barred, op: is_true}", kind="exclusion")
    pack_of(folder, rules, catalogues=CATEGORIES)
    (folder / "facts.yaml").write_text(FACTS + CITY, encoding="utf-8")
    return load_pack(folder)


def people(count: int) -> list[dict[str, Any]]:
    draw = random.Random(3)
    found = []
    for number in range(count):
        person: dict[str, Any] = {"id": f"p{number}", "city": draw.choice(["n", "s", None])}
        person["output"] = draw.choice([None, 4, 5, 6, 7])
        person["works_here"] = draw.choice([True, False, None])
        person["income"] = draw.choice([None, 12.5])
        person["birth_date"] = draw.choice([None, "1990-02-28"])
        person["barred"] = draw.random() < 0.1
        results = [{"code": "x", "confirmed": draw.random() < 0.6} for _ in range(draw.randrange(4))]
        person["results"] = draw.choice([None, results])
        found.append(person)
    return found


def known(person: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in person.items() if value is not None}


def write_lines(path: Path, several: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(known(each)) + "\n" for each in several), encoding="utf-8")
    return path


def run(pair: Pair, path: Path) -> Report:
    rows = open_rows(path, {**pair.old.facts, **pair.new.facts})
    return simulate(pair, answer_rows(pair, rows.read()))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("packs")
    return Pair(edited(folder / "old", 5), edited(folder / "new", 6, 2), ON, "city")


@pytest.fixture
def report(pair: Pair, tmp_path: Path) -> Report:
    return run(pair, write_lines(tmp_path / "people.jsonl", people(600)))


def test_counts_are_those_of_determining_everybody_twice_when_a_pack_is_edited(pair: Pair, report: Report) -> None:
    engines = Engine(pair.old), Engine(pair.new)
    moves: Counter[tuple[str | None, str | None]] = Counter()
    cities: Counter[tuple[str | None, bool]] = Counter()
    for person in people(600):
        facts = {name: value for name, value in known(person).items() if name != "id"}
        before, after = (engine.tier(engine.parse_facts(facts), ON) for engine in engines)
        moves[before, after] += 1
        cities[person["city"], before != after] += 1
    assert report.people == 600
    assert report.moves == moves
    assert report.changed == sum(count for (_, changes), count in cities.items() if changes) > 30
    assert {city: sum(counts.values()) for city, counts in report.by_city.items()} == {
        city: count for (city, changes), count in cities.items() if changes
    }


def test_changes_are_counted_by_rule_and_category_when_a_pack_is_edited(report: Report) -> None:
    turns = report.turns()
    assert turns[Turn.LOSES] and turns[Turn.FALLS] and not turns[Turn.GAINS]  # noqa: PT018
    falls = report.by_rule[Turn.FALLS, "A-1", "B-1"]
    assert falls == report.moves["A", "B"] == turns[Turn.FALLS]
    assert report.by_category["FINE"][Turn.FALLS] == falls
    assert report.by_category["GOOD"][Turn.LOSES] == report.by_rule[Turn.LOSES, "A-1", None]
    assert sum(report.by_rule.values()) == report.changed == len(report.changed_people.ids)


def test_clause_is_the_edited_one_when_somebody_loses(report: Report) -> None:
    assert report.clauses[Turn.FALLS] == {("产出不低于 6", "output is at least 6"): report.turns()[Turn.FALLS]}
    losing = {en for _, en in report.clauses[Turn.LOSES]}
    assert len(losing) == 2
    assert any("output is at least 6" in each for each in losing)
    assert any("results" in each and "2" in each for each in losing)


def test_gate_is_named_when_it_is_what_closed(tmp_path: Path) -> None:
    met = rule("A-1", "{fact: output, op: ge, value: 5}")
    base = rule("BASE", "{fact: works_here, op: is_true}", kind="base").replace(
        "zh: 规则, en: rule", "zh: 在此, en: here"
    )
    pair = Pair(pack_of(tmp_path / "o", met), pack_of(tmp_path / "n", met + base), ON)
    facts = [("one", {"output": 5, "works_here": False}), ("two", {"output": 5, "works_here": True})]
    report = simulate(pair, answer_rows(pair, facts))
    assert report.moves == {("A", None): 1, ("A", "A"): 1}
    assert report.clauses == {Turn.LOSES: Counter({("未达门槛：在此", "base not met: here"): 1})}
    backwards = Pair(pair.new, pair.old, ON)
    report = simulate(backwards, answer_rows(backwards, facts))
    assert report.clauses == {Turn.GAINS: Counter({("未达门槛：在此", "base not met: here"): 1})}
    assert report.by_city == {}


def test_exclusion_is_named_when_it_bars_somebody(tmp_path: Path) -> None:
    met = rule("A-1", "{fact: output, op: ge, value: 5}")
    bar = rule("X-1", "{fact: barred, op: is_true}", kind="exclusion").replace("en: rule", "en: fraud")
    pair = Pair(pack_of(tmp_path / "o", met), pack_of(tmp_path / "n", met + bar), ON)
    report = simulate(pair, answer_rows(pair, [("one", {"output": 5, "barred": True})]))
    assert report.clauses == {Turn.LOSES: Counter({("被排除：规则", "excluded: fraud"): 1})}


def test_rule_is_said_to_be_absent_when_the_other_version_has_it_not(tmp_path: Path) -> None:
    one, two = rule("A-1", "{fact: output, op: ge, value: 5}"), rule("A-2", "{fact: output, op: ge, value: 9}")
    pair = Pair(pack_of(tmp_path / "o", one + two), pack_of(tmp_path / "n", two), ON)
    report = simulate(pair, answer_rows(pair, [("one", {"output": 5})]))
    assert report.clauses == {Turn.LOSES: Counter({("A-1 不在施行", "A-1 is not in force"): 1})}


def test_facts_of_either_version_are_read_when_the_vocabulary_changes(tmp_path: Path) -> None:
    old = pack_of(tmp_path / "o", rule("A-1", "{fact: output, op: ge, value: 5}"))
    pack_of(tmp_path / "n", rule("A-1", "{fact: output, op: ge, value: 5}"))
    facts = FACTS.replace("facts:\n", "facts:\n  first: {type: bool, label: {zh: 新, en: new}, kind: contribution}\n")
    (tmp_path / "n" / "facts.yaml").write_text(facts, encoding="utf-8")
    rules = rule("A-1", "{all: [{fact: output, op: ge, value: 5}, {fact: first, op: is_true}]}")
    (tmp_path / "n" / "rules" / "all.yaml").write_text(f"rules:\n{indent(rules, '  ')}", encoding="utf-8")
    pair = Pair(old, load_pack(tmp_path / "n"), ON)
    several = [("one", {"output": 5, "first": True}), ("two", {"output": 5, "first": False})]
    assert simulate(pair, answer_rows(pair, several)).moves == {("A", "A"): 1, ("A", None): 1}
    with pytest.raises(FactsInvalid, match="three: second"):
        simulate(pair, answer_rows(pair, [("three", {"second": True})]))


def test_people_are_called_by_their_line_when_they_have_no_id(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    path.write_text('{"output": 5}\n\n{"id": "b", "output": 6}\n', encoding="utf-8")
    assert list(open_rows(path, pair.new.facts).read()) == [("1", {"output": 5}), ("b", {"output": 6})]
    path.write_text('{"id": 7}\n', encoding="utf-8")
    with pytest.raises(PeopleUnreadable, match="line 1 is no text"):
        run(pair, path)


def test_every_format_gives_the_same_report_when_the_people_are_the_same(
    pair: Pair, report: Report, tmp_path: Path
) -> None:
    several = people(600)
    lines = write_lines(tmp_path / "again.jsonl", several)
    with duckdb.connect() as connection:
        columns = (
            "{id: 'VARCHAR', city: 'VARCHAR', output: 'BIGINT', works_here: 'BOOLEAN', income: 'DECIMAL(18,4)', "
            "birth_date: 'DATE', barred: 'BOOLEAN', results: 'STRUCT(code VARCHAR, confirmed BOOLEAN)[]'}"
        )
        source = f"read_json('{lines}', format='newline_delimited', columns={columns})"
        connection.execute(f"COPY (SELECT * FROM {source}) TO '{tmp_path / 'people.parquet'}' (FORMAT parquet)")  # noqa: S608
        as_text = "SELECT * REPLACE (to_json(results) AS results)"
        connection.execute(f"COPY ({as_text} FROM {source}) TO '{tmp_path / 'people.csv'}' (FORMAT csv, HEADER)")
    for name in ("people.parquet", "people.csv"):
        assert run(pair, tmp_path / name).to_json() == report.to_json(), name


def test_list_that_may_hold_more_stays_unknown_when_its_column_says_so(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        'id,works_here,results,results__complete\na,true,"[]",false\nb,true,"[{""confirmed"": true}]",\n',
        encoding="utf-8",
    )
    rows = dict(open_rows(path, pair.new.facts).read())
    assert rows["a"]["results"] == {"items": [], "complete": False}
    assert rows["b"]["results"] == [{"confirmed": True}]


@pytest.mark.parametrize("name", ["list.parquet", "list.csv", "list.xlsx"])
def test_list_holds_everybody_who_changes_when_it_is_written(report: Report, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_changes(path, report)
    wanted = [tuple(str(cell) if cell is not None else None for cell in row) for row in report.rows()]
    if name.endswith(".xlsx"):
        book = load_workbook(path, read_only=True)
        rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
        book.close()
        assert rows[0][:3] == ("id", "turn", "before")
        found = rows[1:]
    else:
        found = duckdb.sql(f"SELECT * FROM '{path}'").fetchall()  # noqa: S608
    assert found == wanted
    assert len(found) == report.changed


def test_list_is_refused_when_its_ending_is_strange(report: Report, tmp_path: Path) -> None:
    with pytest.raises(ListNotWritten, match=r"\.parquet, \.csv or \.xlsx"):
        write_changes(tmp_path / "list.doc", report)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_picture_is_well_formed_and_shows_the_numbers(report: Report, lang: str) -> None:
    root = ET.fromstring(picture(report, lang))  # noqa: S314 - our own text
    texts = [each.text or "" for each in root.iter(f"{SVG}text")]
    assert any(f"{report.changed:,}" in text for text in texts)
    assert ("苏州" if lang == "zh" else "Suzhou") in texts
    bands = [each.findtext(f"{SVG}title") or "" for each in root.iter(f"{SVG}path")]
    assert any(f"{report.moves['A', 'B']:,}" in band and band.startswith("A → B") for band in bands)


def test_picture_says_so_when_nobody_changes(pair: Pair) -> None:
    same = Pair(pair.old, pair.old, ON)
    drawn = picture(simulate(same, answer_rows(same, [("one", {})])), "en")
    assert "nobody changes" in drawn


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,output\na,5\n", "the column 'id' is missing"),
        ("id,outputt\na,5\n", "the pack has no fact 'outputt'"),
        ("id,output\n,5\n", "row 1 has no id"),
    ],
)
def test_file_is_refused_in_one_sentence_when_its_columns_are_wrong(
    pair: Pair, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PeopleUnreadable, match=message):
        run(pair, path)


def test_person_is_named_when_a_value_is_of_the_wrong_type(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,output,works_here\na,5,true\nb,five,true\n", encoding="utf-8")
    with pytest.raises(FactsInvalid, match="row 2: output"):
        run(pair, path)
    path.write_text("id,output,works_here\na,5,true\nb,5,yes\n", encoding="utf-8")
    with pytest.raises(FactsInvalid, match="b: works_here"):
        run(pair, path)


def test_files_are_refused_when_they_are_absent_or_of_no_known_kind(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "people.xls").write_bytes(b"x")
    (tmp_path / "people.parquet").write_bytes(b"no parquet")
    for name in ("none.csv", "people.xls", "people.parquet"):
        with pytest.raises(PeopleUnreadable):
            run(pair, tmp_path / name)


def test_city_fact_is_refused_when_it_is_no_enumeration(pair: Pair) -> None:
    with pytest.raises(CityUnknown):
        Pair(pair.old, pair.new, ON, "output")


def test_command_prints_the_report_and_writes_list_and_picture(
    pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_lines(tmp_path / "people.jsonl", people(200))
    common = ["rules", "simulate", pair.old.root, pair.new.root, "--input", str(source), "--on", "2026-11-01"]
    with pytest.raises(SystemExit) as stopped:
        main([*common, "--city-fact", "city", "--output", str(tmp_path / "list.xlsx"), "--lang", "en"])
    text = capsys.readouterr().out
    assert not stopped.value.code
    assert "output is at least 6" in text
    assert "Suzhou" in text
    assert (tmp_path / "list.xlsx").is_file()
    ET.fromstring((tmp_path / "list.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own text
    with pytest.raises(SystemExit):
        main([*common, "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["people"] == 200
    assert answer["changed"] == sum(each["people"] for each in answer["moves"] if each["before"] != each["after"])
