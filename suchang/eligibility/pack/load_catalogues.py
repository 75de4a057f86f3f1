"""Read catalogues/*.csv: dated lists of codes."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from pathlib import Path

from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.errors import Place
from suchang.eligibility.pack.files import MAX_CSV, Refused, read_text
from suchang.eligibility.pack.model import Catalogue, CatalogueEntry, Label, Period
from suchang.eligibility.pack.reader import DAY, NAME, Notes, suggestion

REQUIRED = ("code", "label_zh", "label_en")
OPTIONAL = ("from", "to", "source", "note")
MAX_ENTRIES, MAX_CELL = 100_000, 2000


def read_catalogue(path: Path, file: str, label: Label | None, notes: Notes) -> Catalogue:
    """Read one catalogue; bad lines are noted and left out; Refused when the file as a whole can't be read."""
    name = path.stem
    if not NAME.match(name):
        raise Refused(file, 0, f"{name!r} is no name of a catalogue: lower-case letters, digits and underscores")
    reader = csv.reader(StringIO(read_text(path, file, MAX_CSV), newline=""), strict=True)
    entries: list[CatalogueEntry] = []
    try:
        header = next(reader, [])
        _check_header(header, file)
        start = reader.line_num + 1
        for row in reader:
            entry = _entry(header, row, Place(file, start), notes)
            start = reader.line_num + 1
            if entry:
                entries.append(entry)
            if len(entries) > MAX_ENTRIES:
                raise Refused(file, start, f"a catalogue has at most {MAX_ENTRIES} lines")
    except csv.Error as error:
        raise Refused(file, reader.line_num, f"this is no CSV: {error}") from None
    _refuse_overlaps(entries, notes)
    return Catalogue(name, label or Label(name, name), tuple(entries), Place(file, 0))


def _check_header(header: list[str], file: str) -> None:
    for column in header:
        if column not in REQUIRED + OPTIONAL:
            raise Refused(file, 1, f"unknown column {column!r}{suggestion(column, REQUIRED + OPTIONAL)}")
    for column in REQUIRED:
        if column not in header:
            raise Refused(file, 1, f"the column {column!r} is missing; the first line names the columns")
    if len(set(header)) != len(header):
        raise Refused(file, 1, "a column is named twice")


def _entry(header: list[str], row: list[str], place: Place, notes: Notes) -> CatalogueEntry | None:
    if len(row) != len(header):
        notes.add(place, f"the line has {len(row)} cells, the header {len(header)}")
        return None
    cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
    for column in REQUIRED:
        if not cells[column] or len(cells[column]) > MAX_CELL:
            notes.add(place, f"the cell {column!r} is empty or too long")
            return None
    days = []
    for column, default in (("from", date.min), ("to", OPEN_END)):
        day = _day(cells.get(column, ""), default)
        if day is None:
            notes.add(place, f"{cells[column]!r} in {column!r} is no date; write it as 2026-11-01 or leave it empty")
            return None
        days.append(day)
    if days[1] < days[0]:
        notes.add(place, f"the period is empty: {days[1]} lies before {days[0]}")
        return None
    label = Label(cells["label_zh"], cells["label_en"])
    return CatalogueEntry(cells["code"], label, Period(*days), cells.get("source", ""), place)


def _day(text: str, default: date) -> date | None:
    if not text:
        return default
    try:
        return date.fromisoformat(text) if DAY.match(text) else None
    except ValueError:
        return None


def _refuse_overlaps(entries: list[CatalogueEntry], notes: Notes) -> None:
    latest: dict[str, CatalogueEntry] = {}
    for entry in sorted(entries, key=lambda each: each.period.start):
        before = latest.get(entry.code)
        if before and before.period.overlaps(entry.period):
            other = before.place.line
            notes.add(entry.place, f"{entry.code!r} is listed for overlapping periods (also in line {other})")
        latest[entry.code] = entry
