"""Both languages are complete: every Chinese text of templates, pages and modules has its English."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from suchang.web.languages import TRANSLATIONS

WEB = TRANSLATIONS.parent
HAN = re.compile(r"[\u4e00-\u9fff]")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def used() -> set[str]:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    options = {"**/templates/**.html": {"silent": "false"}}
    found = extract_from_dir(str(WEB), method_map=methods, options_map=options, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _notes, _context in found}


@pytest.fixture(scope="module")
def english() -> dict[str, tuple[str, ...]]:
    with (TRANSLATIONS / "en.po").open("rb") as source:
        catalogue = read_po(source)
    said = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            said[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return said


def test_english_is_there_when_a_page_says_something(used: set[str], english: dict[str, tuple[str, ...]]) -> None:
    assert len(used) > 400
    assert sorted(used - english.keys()) == []
    assert [key for key, said in english.items() if not all(said)] == []


def test_no_english_is_left_over_when_a_page_stops_saying_it(
    used: set[str], english: dict[str, tuple[str, ...]]
) -> None:
    assert sorted(english.keys() - used) == []


def test_gaps_are_the_same_when_a_text_is_translated(english: dict[str, tuple[str, ...]]) -> None:
    def gaps(text: str) -> set[str]:
        braces = {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
        return set(re.findall(r"%\((\w+)\)", text)) | braces

    for key, said in english.items():
        for one in said:
            assert gaps(one) == gaps(key), key


def test_english_has_no_chinese_when_it_is_not_a_place_in_a_document(english: dict[str, tuple[str, ...]]) -> None:
    cited = re.compile(r"[一二三四五六七八九十]+\([一二三四五六七八九十]\)")
    assert [one for said in english.values() for one in said if HAN.search(cited.sub("", one))] == []


def test_apostrophes_are_straight_when_chinese_type_would_make_them_wide(english: dict[str, tuple[str, ...]]) -> None:
    assert [one for said in english.values() for one in said if "’" in one] == []


def test_texts_go_through_the_catalogue_when_templates_are_written() -> None:
    """Chinese outside of a call is a glyph in quotes, a sample of data, or a language's own name."""
    spoken = r"_\(\s*'[^']*'|gettext\(\s*'[^']*'(?:,\s*'[^']*')?"
    shown = r"'[\u4e00-\u9fff]{1,3}'|>[\u4e00-\u9fff]{1,2}<|中文|[\u4e00-\u9fff]{1,3} ?\*+|\{#.*?#\}"
    allowed = re.compile(f"{spoken}|{shown}", re.DOTALL)
    left = {}
    for path in WEB.rglob("*.html"):
        rest = allowed.sub("", path.read_text(encoding="utf-8"))
        if found := HAN.findall(rest):
            left[path.name] = "".join(found)
    assert left == {}


def test_modules_take_their_words_from_the_page_when_they_speak() -> None:
    assert [path.name for path in Path(WEB / "static" / "js").rglob("*.js") if HAN.search(path.read_text())] == []
