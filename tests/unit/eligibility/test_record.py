"""Facts are read strictly: exact numbers, real dates, known names; every refusal names its field."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine, FactsInvalid, load_pack
from suchang.eligibility.facts_json import read_json

ENGINE = Engine(load_pack(Path(__file__).parents[3] / "docs" / "examples" / "example-city"))
PRIZE = {"code": "city-science", "date": "2024-05-01", "rank": 1}
ACCEPTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"annual_income": 50}, {"annual_income": "50"}),
    ({"annual_income": 50.5}, {"annual_income": "50.5"}),
    ({"annual_income": "50.1234"}, {"annual_income": "50.1234"}),
    ({"annual_income": Decimal("5E+1")}, {"annual_income": "50"}),
    ({"annual_income": -0.0}, {"annual_income": "0"}),
    ({"contract_end": "open"}, {"contract_end": "open"}),
    ({"contract_end": date(2026, 1, 1)}, {"contract_end": "2026-01-01"}),
    ({"skill_grade": -(2**53) + 1}, {"skill_grade": -(2**53) + 1}),
    ({"degree": None, "awards": None}, {}),
    ({"awards": []}, {"awards": []}),
    ({"awards": [PRIZE, {}, None]}, {"awards": [PRIZE, {}, {}]}),
    ({"awards": {"items": [], "complete": False}}, {"awards": {"items": [], "complete": False}}),
    ({"awards": {"items": [PRIZE], "complete": True}}, {"awards": [PRIZE]}),
    ({"honours": ["首席技师", None]}, {"honours": ["首席技师", None]}),
    ({"on_fraud_register": False}, {"on_fraud_register": False}),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"annual_income": float("nan")}, "annual_income"),
    ({"annual_income": Decimal("Infinity")}, "annual_income"),
    ({"annual_income": 0.1 + 0.2}, "annual_income"),
    ({"annual_income": Decimal("1.00001")}, "annual_income"),
    ({"annual_income": Decimal("1.00000000000000000000000000000000001")}, "annual_income"),
    ({"annual_income": Decimal("1E-999999")}, "annual_income"),
    ({"annual_income": 10**14}, "annual_income"),
    ({"annual_income": "1e2"}, "annual_income"),
    ({"annual_income": True}, "annual_income"),
    ({"skill_grade": 5.0}, "skill_grade"),
    ({"skill_grade": True}, "skill_grade"),
    ({"skill_grade": "5"}, "skill_grade"),
    ({"skill_grade": 2**53}, "skill_grade"),
    ({"works_in_city": "true"}, "works_in_city"),
    ({"works_in_city": 1}, "works_in_city"),
    ({"birth_date": "1985-02-30"}, "birth_date"),
    ({"birth_date": "1985-2-3"}, "birth_date"),
    ({"birth_date": "19850203"}, "birth_date"),
    ({"birth_date": 19850203}, "birth_date"),
    ({"birth_date": datetime(1985, 2, 3)}, "birth_date"),  # noqa: DTZ001
    ({"degree": "phd"}, "degree"),
    ({"degree": ["doctor"]}, "degree"),
    ({"qualification": ""}, "qualification"),
    ({"qualification": "e\u0301"}, "qualification"),
    ({"qualification": "\ud800"}, "qualification"),
    ({"qualification": "a\x00"}, "qualification"),
    ({"awards": "city-science"}, "awards"),
    ({"awards": [{"code": 5}]}, "awards[0].code"),
    ({"awards": [PRIZE, {"rnak": 1}]}, "awards[1].rnak"),
    ({"awards": {"items": [PRIZE, {"date": "x"}], "complete": False}}, "awards.items[1].date"),
    ({"awards": {"items": [], "complete": "no"}}, "awards.complete"),
    ({"awards": {"items": [], "more": 1}}, "awards"),
    ({"honours": [5]}, "honours[0]"),
    ({"salary": 5}, "salary"),
]


@pytest.mark.parametrize(("given", "held"), ACCEPTED)
def test_facts_come_back_in_one_form_when_they_are_good(given: dict[str, Any], held: dict[str, Any]) -> None:
    record = ENGINE.parse_facts(given)
    assert record.to_json() == held
    assert ENGINE.parse_facts(held).values == record.values


@pytest.mark.parametrize(("given", "field"), REFUSED)
def test_field_is_named_when_a_fact_is_bad(given: dict[str, Any], field: str) -> None:
    with pytest.raises(FactsInvalid) as caught:
        ENGINE.parse_facts(given)
    assert [each.field for each in caught.value.errors] == [field]
    assert caught.value.detail.startswith(field)


def test_unknown_names_are_passed_over_when_asked() -> None:
    given = {"salary": 5, "awards": [{**PRIZE, "city": "x"}], "degree": "doctor"}
    assert ENGINE.parse_facts(given, ignore_unknown=True).to_json() == {"awards": [PRIZE], "degree": "doctor"}


def test_every_bad_field_is_named_when_several_are_bad() -> None:
    with pytest.raises(FactsInvalid) as caught:
        ENGINE.parse_facts({"degree": 1, "salary": 2, "skill_grade": "x"})
    assert len(caught.value.errors) == 3


def test_register_counts_as_false_and_the_proof_says_so_when_it_is_silent() -> None:
    good = {"works_in_city": True, "birth_date": "1990-01-01", "annual_income": 60, "degree": "master"}
    facts = {**good, "qualification": "intl-actuary"}
    silent = ENGINE.determine(ENGINE.parse_facts(facts), date(2026, 11, 1)).to_json("en")
    said = ENGINE.determine(ENGINE.parse_facts({**facts, "on_fraud_register": False}), date(2026, 11, 1)).to_json("en")
    reasons = [
        next(each["text"] for each in found["met"][0]["because"] if each["fact"] == "on_fraud_register")
        for found in (silent, said)
    ]
    assert reasons == [
        "on the fraud register: false (nothing in the system's own register)",
        "on the fraud register: false",
    ]
    barred = ENGINE.determine(ENGINE.parse_facts({**facts, "on_fraud_register": True}), date(2026, 11, 1))
    assert barred.tier is None


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"a": NaN}', '{"a": -Infinity}', '{"a": ' + "9" * 5000 + "}", "[" * 100_000, "", "{", "nul"],
)
def test_json_is_refused_when_it_is_ambiguous_or_hostile(text: str) -> None:
    with pytest.raises(FactsInvalid):
        read_json(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["items", "complete", "code"]), inner),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*ENGINE.pack.facts, "other"]), _JSON, max_size=4))
def test_facts_are_read_or_refused_when_they_are_arbitrary(facts: dict[str, Any]) -> None:
    try:
        record = ENGINE.parse_facts(facts)
    except FactsInvalid as error:
        assert error.errors  # noqa: PT017
        return
    assert ENGINE.parse_facts(record.to_json()).values == record.values
    ENGINE.determine(record, date(2026, 11, 1)).canonical()
