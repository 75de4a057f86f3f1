"""Read lists that people upload, as CSV or workbook: what Excel does to them is undone or told by row and column."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from typing import Final

from suchang.domain.errors import FieldProblem, Invalid

MOST_BYTES: Final = 64 * 1024 * 1024
_WORKBOOK: Final = (b"PK\3\4", b"\xd0\xcf\x11\xe0")
_AS_NUMBER: Final = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d{2}\Z", re.I)
_AS_FORMULA: Final = re.compile(r'="((?:[^"]|"")*)"\Z')
_DAY: Final = re.compile(r"(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?(?:\s+0?0:00(?::00)?)?\Z")
_EXACT: Final = 10**15


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number in the file, counted from 1 as Excel does."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell, in both languages, with its row and column."""

    row: int
    column: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class UploadedList:
    """The rows that hold something, and the cells that can't be trusted."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def read_list(data: bytes) -> UploadedList:
    """Return the rows of a CSV file or of a workbook's first sheet. Raises ``Invalid`` when it is neither."""
    if len(data) > MOST_BYTES:
        raise _unreadable("文件超过 64 MB，请拆分。", "The file is larger than 64 MB; split it.")
    table = _from_workbook(data) if data.startswith(_WORKBOOK) else _from_csv(data)
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, given in enumerate(table, start=1):
        cells = tuple(_plain(cell) for cell in given)
        faults.extend(_fault(number, column) for column, cell in enumerate(cells, start=1) if _AS_NUMBER.match(cell))
        if any(cells):
            rows.append(Row(number, cells))
    return UploadedList(tuple(rows), tuple(faults))


def repeated(rows: tuple[Row, ...], column: int) -> tuple[Fault, ...]:
    """Return a fault for every row whose value in a column (from 1) stands in an earlier row already."""
    seen: dict[str, int] = {}
    faults: list[Fault] = []
    for row in rows:
        value = row.cells[column - 1] if len(row.cells) >= column else ""
        if value and value in seen:
            first = seen[value]
            said = f"第 {row.number} 行第 {column} 列：与第 {first} 行重复，请删去一行。"
            faults.append(
                Fault(
                    row.number,
                    column,
                    said,
                    f"Row {row.number}, column {column}: the same as in row {first}; remove one.",
                )
            )
        elif value:
            seen[value] = row.number
    return tuple(faults)


def as_day(text: str) -> dt.date | None:
    """Read a day as people and Excel write it: 2026-01-01, 2026/1/1, 2026年1月1日; None for anything else."""
    found = _DAY.match(text.strip())
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def as_truth(text: str) -> bool | None:
    """Read yes or no as people and Excel write it; None for anything else."""
    return {"true": True, "1": True, "是": True, "yes": True, "false": False, "0": False, "否": False, "no": False}.get(
        text.strip().lower()
    )


def _from_csv(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count) if any(sign in first for sign in ",;\t") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise _unreadable(
            "这不是 CSV 文件，请另存为 CSV 或 xlsx。", "This is no CSV file; save it as CSV or xlsx."
        ) from None


def _decoded(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unreadable(
        "看不出文字编码，请另存为“CSV UTF-8”或 xlsx。", "The text's encoding is unknown; save it as CSV UTF-8 or xlsx."
    )


def _from_workbook(data: bytes) -> list[list[str]]:
    import python_calamine

    try:
        sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [[_said(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (python_calamine.CalamineError, python_calamine.PasswordError, ValueError, IndexError):
        raise _unreadable(
            "工作簿打不开，请去掉密码或另存为 xlsx。", "The workbook can't be opened; remove its password."
        ) from None


def _said(cell: object) -> str:
    """Write a workbook's cell as a person would; a number too long to be exact is written as Excel shows it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            return f"{cell:.1E}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _plain(cell: str) -> str:
    text = cell.strip().strip("\u3000\u200b\ufeff")
    found = _AS_FORMULA.match(text)
    return found[1].replace('""', '"').strip() if found else text.removeprefix("'")


def _fault(row: int, column: int) -> Fault:
    return Fault(
        row,
        column,
        f"第 {row} 行第 {column} 列：Excel 把号码变成了数字，后几位已丢失；请把这一列设为“文本”后重新填写。",
        f"Row {row}, column {column}: Excel turned this into a number; make the column text and enter it again.",
    )


def _unreadable(zh: str, en: str) -> Invalid:
    return Invalid(en, code="list_unreadable", errors=[FieldProblem("file", zh)])
