"""Service points over HTTP: search by city, domain and distance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from suchang.app import close_app, create_app
from suchang.config import load_settings
from suchang.demo.service_points import points
from suchang.domain.help.service_points import metres_between
from suchang.domain.places import CITIES
from suchang.workflows.help import service_points
from suchang.workflows.runtime.actors import SYSTEM
from tests.conftest import StandingClock
from tests.support.databases import Database, Servers, empty_redis


@pytest.fixture(scope="module")
def client(servers: Servers, database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Return a client of an installation with the demo's service points, on a Monday morning."""
    environ = {
        **database.environ,
        "REDIS_URL": empty_redis(servers),
        "SUCHANG_ENV": "demo",
        "SUCHANG_DATA": str(tmp_path_factory.mktemp("data")),
    }
    app = create_app(load_settings(environ), clock=StandingClock(datetime(2026, 11, 2, 2, 0, tzinfo=UTC)))
    service_points.add(app.extensions["suchang"], SYSTEM, points())
    yield app.test_client()
    close_app(app)


def found(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """Read all pages of a search."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = client.get(f"/api/v1/service-points?{query}{cursor}")
        assert answer.status_code == 200, answer.json
        items += answer.json["items"]
        assert len(answer.json["items"]) <= 50
        if answer.json["next"] is None:
            return items
        cursor = f"&cursor={answer.json['next']}"


def test_every_point_is_found_once_when_all_pages_are_read(client: FlaskClient) -> None:
    items = found(client)

    assert len({one["id"] for one in items}) == len(items) == 8 * 13
    assert {one["city"] for one in items} == set(CITIES)
    assert [one["city"] for one in items] == sorted(one["city"] for one in items)


def test_only_what_was_asked_for_is_found_when_filters_are_set(client: FlaskClient) -> None:
    assert {one["city"] for one in found(client, "city=320500")} == {"320500"}
    clinics = found(client, "domain=medical")
    assert len(clinics) == 13
    assert all("medical" in one["domains"] for one in clinics)
    (home,) = found(client, "city=320100&kind=talent_home")
    assert home["name"] == {"zh": "南京市人才之家", "en": "Nanjing: Talent home"}
    assert home["open_now"] is True
    assert found(client, "city=320100&domain=exit_entry&kind=site") == []


def test_the_nearest_come_first_and_distances_agree_with_the_domain(client: FlaskClient) -> None:
    suzhou = CITIES["320500"]
    items = found(client, f"near={suzhou.longitude},{suzhou.latitude}")

    assert len(items) == 8 * 13
    distances = [one["metres"] for one in items]
    assert distances == sorted(distances)
    for one in items:
        expected = metres_between(suzhou.longitude, suzhou.latitude, one["longitude"], one["latitude"])
        assert one["metres"] == pytest.approx(expected, abs=1)
    close = found(client, f"near={suzhou.longitude},{suzhou.latitude}&within_km=3")
    assert close == [one for one in items if one["metres"] <= 3000]
    assert 0 < len(close) < 8


@pytest.mark.parametrize(
    "query",
    [
        "city=310000",
        "city=x",
        "domain=lottery",
        "kind=castle",
        "near=118.80",
        "near=118.80,32.06,1",
        "near=181,0",
        "near=0,91",
        "near=nan,0",
        "near=inf,0",
        "near=a,b",
        "within_km=3",
        "near=118,32&within_km=0",
        "near=118,32&within_km=-1",
        "near=118,32&within_km=1001",
        "cursor=pt_00000000000000000000000000",
        "cursor=%00",
        "colour=red",
    ],
)
def test_a_search_is_refused_in_one_sentence_when_it_makes_no_sense(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/service-points?{query}")

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"]
    assert answer.json["detail"]


def test_nobody_but_an_officer_adds_or_closes_a_point(client: FlaskClient) -> None:
    point = found(client, "city=320100")[0]["id"]

    assert client.post("/api/v1/service-points", json={}).status_code == 401
    assert client.post(f"/api/v1/service-points/{point}/closure", json={}).status_code == 401
