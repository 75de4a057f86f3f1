"""Small parts of the pages: ways back, formats, the map, the profiles of the pre-check, headers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

from suchang.domain.account.roles import CITIES
from suchang.eligibility import Engine, load_pack
from suchang.web import formats
from suchang.web.auth import way_back
from suchang.web.languages import choose_language, speak
from suchang.web.portal import jiangsu_map
from suchang.web.portal.application.profiles import MERITS, PLACES, PROFILES, facts_of, precheck_facts
from suchang.web.security_headers import allow_camera, allow_webassembly, protect

PACK = Path(__file__).parents[3] / "eligibility_rules" / "jiangsu"
DAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask("pages")
    speak(made)
    protect(made)

    @made.get("/plain")
    def plain() -> str:
        return "x"

    @made.get("/camera")
    def camera() -> str:
        allow_camera()
        allow_webassembly()
        return "x"

    return made


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "javascript:alert(1)",
        "/a\\b",
        "",
        "http:/x",
    ],
)
def test_way_back_stays_here_when_an_address_leads_elsewhere(app: Flask, wanted: str) -> None:
    with app.test_request_context("/", query_string={"next": wanted}):
        assert way_back("/me") == "/me"


def test_way_back_is_taken_when_it_is_ours(app: Flask) -> None:
    with app.test_request_context("/", query_string={"next": "/apply?who=x&place=y"}):
        assert way_back("/me") == "/apply?who=x&place=y"


@pytest.mark.parametrize(
    ("query", "cookie", "header", "expected"),
    [
        ("", None, None, "zh_Hans_CN"),
        ("", None, "de,fr", "zh_Hans_CN"),
        ("", None, "en-GB,en", "en"),
        ("", "zh", "en", "zh_Hans_CN"),
        ("?lang=en", "zh", "zh", "en"),
        ("?lang=xx", None, "zh", "zh_Hans_CN"),
    ],
)
def test_language_is_chosen_when_address_cookie_and_browser_speak(
    app: Flask, query: str, cookie: str | None, header: str | None, expected: str
) -> None:
    headers = ({"Accept-Language": header} if header else {}) | ({"Cookie": f"lang={cookie}"} if cookie else {})
    with app.test_request_context(f"/{query}", headers=headers):
        assert choose_language() == expected


def test_days_and_amounts_follow_the_language_when_they_are_written(app: Flask) -> None:
    moment = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
    with app.test_request_context("/?lang=zh"):
        assert formats.day(moment) == "2026年11月3日"
        assert formats.month("2031-10-31") == "2031年10月"
        assert formats.yuan(Decimal("7500.50")) == "7,500.50 元"
    with app.test_request_context("/?lang=en"):
        assert formats.day("2026-11-03") == "3 Nov 2026"
        assert formats.moment(moment) == "3 Nov 2026, 01:30"
        assert formats.yuan(6000) == "CNY 6,000"
        assert formats.working_days_left(1) == "1 working day left"
        assert formats.working_days_left(-2) == "2 working days late"


def test_card_number_is_grouped_when_it_is_shown() -> None:
    assert formats.card_number("SC7Q4M2K9TX3HD") == "SC 7Q4M 2K9T X3HD"


def test_every_city_is_on_the_map_once_when_it_is_drawn() -> None:
    drawn = jiangsu_map.shapes()
    assert {shape.code for shape in drawn} == set(CITIES)
    width, height = jiangsu_map.size()
    assert all(0 < shape.x < width and 0 < shape.y < height for shape in drawn)


def test_borders_meet_when_cities_are_neighbours() -> None:
    """Each inner leg of a border belongs to two cities, each outer one to one; none to three."""
    legs: dict[frozenset[str], int] = {}
    for knots in jiangsu_map._BORDERS.values():
        corners = knots.split()
        for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
            legs[frozenset((one, other))] = legs.get(frozenset((one, other)), 0) + 1
    assert set(legs.values()) == {1, 2}
    assert sum(count == 2 for count in legs.values()) > 80


def test_engine_takes_every_answer_when_the_three_questions_are_answered() -> None:
    engine = Engine(load_pack(PACK))
    tiers = {}
    for profile in PROFILES:
        for place in PLACES:
            facts = precheck_facts(profile.key, place, MERITS, DAY)
            tiers[profile.key, place] = engine.determine(engine.parse_facts(facts), DAY).tier
    assert tiers["grand_craftsman", "employed"] == "A"
    assert tiers["chief_tech", "employed"] == tiers["chief_tech", "rd_centre"] == "C"
    assert {tier for (_key, place), tier in tiers.items() if place == "elsewhere"} == {None}
    reached = {key for (key, place), tier in tiers.items() if place == "employed" and tier}
    assert {one.key for one in PROFILES} - reached <= {"other", "excel_postdoc", "top_grad"}  # these turn on age


def test_answers_say_nothing_when_nobody_knows_them() -> None:
    assert facts_of("nobody", "nowhere", [], DAY) == {"fraud_bar": False}


def test_scripts_come_from_here_alone_when_a_page_is_answered(app: Flask) -> None:
    headers = app.test_client().get("/plain").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-inline" not in policy
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_camera_and_webassembly_are_allowed_when_the_desk_asks(app: Flask) -> None:
    headers = app.test_client().get("/camera").headers
    assert "'wasm-unsafe-eval'" in headers["Content-Security-Policy"]
    assert "camera=(self)" in headers["Permissions-Policy"]


def test_constant_day_is_written_in_each_readers_language_when_one_template_serves_both() -> None:
    made = Flask("both")
    speak(made)
    formats.add_filters(made)
    made.jinja_env.loader = DictLoader({"day.html": "{{ '2031-10-31'|month }}"})

    @made.get("/")
    def both() -> str:
        return render_template("day.html")

    client = made.test_client()
    for language, text in (("zh", "2031年10月"), ("en", "Oct 2031"), ("zh", "2031年10月")):
        assert client.get(f"/?lang={language}").get_data(as_text=True) == text
