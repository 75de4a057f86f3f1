"""The lints of words and of template width find what they are made to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.check_width import too_wide
from tests.support.check_words import Term, findings, glossary, words_of

TERM = Term("application", frozenset({"case", "cases"}), ("案子",), ("rooms",))


def _found(tmp_path: Path, name: str, text: str) -> list[str]:
    path = tmp_path / "rooms" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return [one.said for one in findings(tmp_path, [TERM])]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.py", "def show(case_id):\n    pass\n", "case_id"),
        ("a.py", "class CaseView:\n    pass\n", "CaseView"),
        ("a.py", "@blueprint.get('/cases/<id>')\ndef one():\n    pass\n", "cases"),
        ("a.html", '<p class="case__ask">x</p>', "case__ask"),
        ("a.html", "{{ case.name }}", "case"),
        ("a.html", "<p>这个案子</p>", "案子"),
        ("a.css", ".case__h { color: red; }", "case__h"),
    ],
)
def test_synonym_is_found_when_it_stands_in_names_routes_or_pages(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    assert _found(tmp_path, name, text) == [said]


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.py", "lowercase = text.lower()\n"), ("a.html", "<p>In any case</p>"), ("a.html", "{{ _('case') }}")],
)
def test_nothing_is_found_when_the_word_means_something_else(tmp_path: Path, name: str, text: str) -> None:
    assert _found(tmp_path, name, text) == []


def test_house_keeps_its_words_when_the_glossary_is_read() -> None:
    assert [str(one) for one in findings()] == []


def test_every_term_has_a_chinese_word_and_a_meaning_when_the_glossary_is_read() -> None:
    assert len({one.term for one in glossary()}) >= 12


def test_identifier_is_taken_apart_when_it_is_in_camel_or_snake_case() -> None:
    assert {"case", "view"} <= words_of("CaseView") & words_of("case_view")


def test_wide_line_is_named_when_a_template_has_one(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>\n" + "x" * 141 + "\n</p>\n")
    assert list(too_wide(tmp_path)) == ["a.html:2: 141 characters, 140 at most"]
