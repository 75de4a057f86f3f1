"""Names and telephone numbers in one spelling."""

from __future__ import annotations

import pytest

from suchang.domain.errors import Invalid
from suchang.domain.people.names import InvalidName, read_name
from suchang.domain.people.telephone import read_phone


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("陈思远", "陈思远"), (" 阿依古丽•买买提 ", "阿依古丽·买买提"), ("Jean-Luc  O’Neil", "Jean-Luc O'Neil"),
        ("Jose\u0301", "José"), ("𠮷田", "𠮷田"), ("नरेन्द्र", "नरेन्द्र"), ("李\u3000明", "李 明"),
    ],
)  # fmt: skip
def test_name_has_one_spelling_when_it_is_a_name(typed: str, name: str) -> None:
    assert read_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["\u3000", "", "·", "陈\u202e明", "陈😀", "陈\n明", "\ue000", "A1", "<b>", "x" * 51, "\u0301a"]
)
def test_name_is_refused_when_nobody_is_called_so(typed: str) -> None:
    with pytest.raises(InvalidName):
        read_name(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "13800001234", "8613800001234", "008613800001234", "+86 138-0000-1234", "１３８００００１２３４",
        "\u202d13800001234\u202c", "\ufeff138 0000 1234", "+86(138)00001234", "138–0000—1234",
    ],
)  # fmt: skip
def test_phone_is_one_account_when_it_is_spelled_otherwise(typed: str) -> None:
    assert read_phone(typed) == "13800001234"


def test_phone_of_another_country_keeps_its_code() -> None:
    assert (read_phone("0049 170 1234567"), read_phone("+49-170-1234567")) == ("+491701234567", "+491701234567")
    with pytest.raises(Invalid):
        read_phone("my phone")
