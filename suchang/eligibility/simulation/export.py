"""Write the list of those who change: Parquet, CSV or xlsx, by the ending of the file's name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np

from suchang.domain.errors import Invalid
from suchang.domain.spreadsheets import plain_cell
from suchang.eligibility.simulation.report import Report

COLUMNS = ("id", "turn", "before", "after", "city", "rule_before", "rule_after", "clauses")
XLSX_ROWS = 1_048_575


class ListNotWritten(Invalid):
    """The list can't be written so."""

    slug = "list_not_written"


def write_changes(path: Path, report: Report) -> None:
    """Write one row a changed person; refuses other endings and more rows than a sheet holds."""
    match path.suffix.lower():
        case ".parquet":
            _copy(path, report, "FORMAT parquet, COMPRESSION zstd")
        case ".csv":
            _copy(path, report, "FORMAT csv, HEADER")
        case ".xlsx":
            _sheet(path, report)
        case _:
            raise ListNotWritten(f"{path.name}: the list is written as .parquet, .csv or .xlsx")


def _copy(path: Path, report: Report, how: str) -> None:
    columns = list(zip(*report.rows(), strict=True)) or [()] * len(COLUMNS)
    table = {name: np.array(column, dtype=object) for name, column in zip(COLUMNS, columns, strict=True)}
    casts = ", ".join(f"{name}::VARCHAR AS {name}" for name in COLUMNS)
    with duckdb.connect() as connection:
        connection.register("changes", table)
        try:
            target = str(path).replace("'", "''")
            connection.execute(f"COPY (SELECT {casts} FROM changes) TO '{target}' ({how})")  # noqa: S608
        except duckdb.Error as error:
            raise ListNotWritten(f"{path}: {str(error).splitlines()[0]}") from None


def _sheet(path: Path, report: Report) -> None:
    count = len(report.changed_people.ids)
    if count > XLSX_ROWS:
        raise ListNotWritten(f"{count} people are more than a sheet holds; write a .parquet file")
    write_sheet(path, report.rows())


def write_sheet(path: Path, rows: Iterable[tuple[str | None, ...]]) -> None:
    """Write rows of the list as xlsx."""
    # Loading it takes longer than simulating a city.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("changes")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([cell if cell is None else plain_cell(cell) for cell in row])
    book.save(path)
