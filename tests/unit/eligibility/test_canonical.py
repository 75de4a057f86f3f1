"""Determinations are written one way only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.eligibility import Engine, load_pack
from suchang.eligibility.canonical import canonical, canonical_ascii_keys

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aZ_09-.", max_size=4), inner, max_size=4),
)


def test_keys_are_sorted_by_utf16_when_some_lie_beyond_the_basic_plane() -> None:
    # RFC 8785 section 3.2.3: U+1F600 starts with the surrogate D83D and sorts before U+FB33.
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    written = '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'
    assert canonical(value) == written.encode()


def test_texts_are_escaped_as_the_rfc_says_when_they_hold_control_characters() -> None:
    assert canonical("\u20ac$\u000f\nA'B\"\\/\u007f") == '"\u20ac$\\u000f\\nA\'B\\"\\\\/\u007f"'.encode()


@pytest.mark.parametrize("value", [1.5, 2**53, {"a": [float("nan")]}, {1, 2}])
def test_value_is_refused_when_it_has_no_single_form(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@given(_VALUES)
def test_fast_way_writes_the_same_bytes_when_keys_are_ascii(value: Any) -> None:
    assert canonical_ascii_keys(value) == canonical(value)


def test_determination_is_pinned_to_the_byte_when_nothing_changes() -> None:
    engine = Engine(load_pack(Path(__file__).parents[3] / "docs" / "examples" / "example-city"))
    facts = {"birth_date": "1985-03-01", "works_in_city": True, "annual_income": 40, "degree": "doctor", "awards": []}
    record = engine.parse_facts(facts)
    written = engine.determine(record, date(2026, 11, 1)).canonical()
    assert written == canonical(engine.determine(record, date(2026, 11, 1)).to_json()) + b"\n"
    pinned = Path(__file__).with_name("pinned.json").read_bytes()
    assert written == pinned.replace(b"VERSION", engine.pack.version.encode())
