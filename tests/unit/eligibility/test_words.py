"""Whatever a pack says can be put into words: determinations, rules, tables and differences."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suchang.eligibility import Engine, load_pack
from suchang.eligibility.authoring.pack_diff import compare_packs
from suchang.eligibility.explain.decision_table import decision_table, markdown
from suchang.eligibility.explain.report import report
from suchang.eligibility.explain.rule_text import explain_rule
from suchang.eligibility.pack.column_schema import DIALECTS, arrow_text, ddl
from suchang.eligibility.pack.condition_parser import OPERATORS, SHAPES
from tests.unit.eligibility.strategies import Files, days, load, packs, people

ROOT = Path(__file__).parents[3]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(packs(), packs(), st.data())
def test_everything_is_said_in_both_languages_when_packs_are_random(
    first: Files, other: Files, data: st.DataObject
) -> None:
    pack = load(first)
    engine, on = Engine(pack), data.draw(st.sampled_from(days(pack)))
    found = engine.determine(engine.parse_facts(data.draw(people())), on, all_rules=True)
    for lang in ("zh", "en"):
        assert json.loads(found.canonical(lang)) == found.to_json(lang)
        assert report(found, lang)
        assert all(explain_rule(pack, rule, lang) for rule in pack.rules)
        assert markdown(decision_table(pack, on, lang))
        assert compare_packs(pack, pack, lang) == []
    changes = compare_packs(pack, load(other))
    assert bool(changes) == (first != other) or not changes
    assert arrow_text(pack).count("\n") == 1 + len(pack.facts) + 3
    assert all(ddl(pack, dialect) for dialect in DIALECTS)


def test_page_names_every_word_of_the_grammar_when_it_is_read() -> None:
    page = (ROOT / "docs" / "rule-packs.md").read_text(encoding="utf-8")
    words = {*SHAPES, "any_item", "count_items", "where", "field", "at", "as_of", "age", "count", "of", "waives"}
    words |= {operator for several in OPERATORS.values() for operator in several}
    words |= {
        "lt",
        "le",
        "gt",
        "ge",
        "between",
        "in_force",
        "valid_for",
        "evidence",
        "status",
        "track",
        "register",
        "categories",
    }
    assert sorted(word for word in words if word not in page) == []


def test_codes_are_shown_by_their_names_when_a_catalogue_knows_them() -> None:
    engine = Engine(load_pack(ROOT / "docs" / "examples" / "example-city"))
    facts = {
        "works_in_city": True,
        "birth_date": "1990-01-01",
        "annual_income": 70,
        "qualification": "intl-actuary",
        "awards": [{"code": "other", "date": "2025-01-01"}, {"code": "city-science", "date": "2025-05-01"}],
    }
    [met] = engine.determine(engine.parse_facts(facts), days(engine.pack)[-1].replace(year=2026, month=11)).to_json(
        "en"
    )["met"]
    reasons = {reason["fact"]: reason for reason in met["because"]}
    assert reasons["awards"]["value"] == {"code": "city-science", "date": "2025-05-01"}
    assert "award Example City science prize, date of award 2025-05-01" in reasons["awards"]["text"]
    assert reasons["qualification"]["text"].startswith("international qualification fellow actuary:")
