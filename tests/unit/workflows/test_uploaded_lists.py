"""Lists as Excel leaves them."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from suchang.domain.errors import Invalid
from suchang.workflows.runtime.uploaded_lists import as_day, as_truth, read_list, repeated

TEXT = "姓名,证件号码,在职\r\n张三,11010119900307001X,TRUE\r\n\r\n李四,440101,是\r\n"
ROWS = [(1, ("姓名", "证件号码", "在职")), (2, ("张三", "11010119900307001X", "TRUE")), (4, ("李四", "440101", "是"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_same_rows_are_read_when_a_list_was_saved_in_another_way(encoding: str, separator: str) -> None:
    found = read_list(TEXT.replace(",", separator).encode(encoding))
    assert [(row.number, row.cells) for row in found.rows] == ROWS
    assert found.faults == ()


@pytest.mark.parametrize("cell", ["3.3E+17", "1.10101E+17"])
def test_cell_is_refused_by_row_and_column_when_excel_made_a_number_of_it(cell: str) -> None:
    (fault,) = read_list(f"姓名,证件号码\n张三,{cell}\n".encode()).faults
    assert (fault.row, fault.column) == (2, 2)
    assert "Excel turned this into a number" in fault.en
    assert fault.zh.startswith("第 2 行第 2 列：Excel 把号码变成了数字")


def test_number_is_kept_when_it_was_guarded_by_a_formula() -> None:
    assert read_list('号码\n"=""320106199003070018"""\n'.encode()).rows[1].cells == ("320106199003070018",)


def test_workbook_says_the_same_when_it_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证件号码", "日期", "在职"])
    book.active.append(["张三", 110101199003070000, dt.date(2026, 1, 1), True])
    out = io.BytesIO()
    book.save(out)
    found = read_list(out.getvalue())
    assert found.rows[1].cells == ("张三", "1.1E+17", "2026-01-01", "TRUE")
    assert [(fault.row, fault.column) for fault in found.faults] == [(2, 2)]


def test_second_row_is_named_when_an_id_stands_twice() -> None:
    (fault,) = repeated(read_list(b"id\na\nb\n\na\n").rows, 1)
    assert (fault.row, fault.column) == (5, 1)
    assert "row 2" in fault.en


@pytest.mark.parametrize("text", ["2026-01-01", "2026/1/1", "2026.1.1", "2026年1月1日", "2026/1/1 0:00"])
def test_day_is_read_when_people_write_it(text: str) -> None:
    assert as_day(text) == dt.date(2026, 1, 1)


def test_nothing_is_guessed_when_a_day_or_a_truth_is_unclear() -> None:
    assert (as_day("1/2/2026"), as_day("2026/13/1"), as_truth("maybe")) == (None, None, None)
    assert (as_truth("TRUE"), as_truth("否")) == (True, False)


@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff", b"PK\3\4 broken"])
def test_one_sentence_when_the_file_is_no_list(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_list(data)
    assert refused.value.code == "list_unreadable"
    assert refused.value.errors[0].message.endswith("。")
