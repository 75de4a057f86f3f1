"""The OpenAPI document: it tells what every operation takes and answers, in every language alike."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from suchang.app import close_app, create_app
from tests.support.contract import METHODS, Contract
from tests.support.world import World


@pytest.fixture
def operations(world: World) -> dict[str, dict[str, Any]]:
    """Return the operations of the published document by their ids."""
    paths = world.ok("GET", "/openapi.json")["paths"]
    found = [one for item in paths.values() for method, one in item.items() if method in METHODS]
    return {one["operationId"]: one for one in found}


def test_each_operation_has_its_own_name_and_tells_its_answers(
    world: World, operations: dict[str, dict[str, Any]]
) -> None:
    silent = []
    for name, one in operations.items():
        good = {status: answer for status, answer in one["responses"].items() if status.startswith("2")}
        told = all(status == "204" or answer.get("content") for status, answer in good.items())
        if not good or not told or one["responses"]["default"] != {"$ref": "#/components/responses/Problem"}:
            silent.append(name)
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.rule.startswith(("/api/v1", "/oauth"))]
    assert silent == []
    assert {rule.endpoint.rpartition(".")[2] for rule in rules} <= set(operations)


def test_patterns_mean_the_same_in_ecma_262(world: World) -> None:
    text = world.call("GET", "/openapi.json").get_data(as_text=True)
    assert r"\\Z" not in text
    assert all(one.startswith('"^') for one in re.findall(r'"pattern": ("[^"]*")', text))


def test_a_token_is_asked_for_with_a_form(operations: dict[str, dict[str, Any]]) -> None:
    body = operations["grant_token"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert body["required"] == ["grant_type"]
    assert operations["grant_token"]["security"] == [{"clientSecret": []}]


def test_an_answer_that_lacks_a_field_is_a_fault(world: World) -> None:
    answer = world.call("GET", "/healthz")
    assert Contract(world.app).fault(answer) is None
    answer.set_data(b'{"state": "ok"}')
    assert "status" in (Contract(world.app).fault(answer) or "")


def test_document_is_one_when_many_ask_for_it_at_the_same_time_first(world: World) -> None:
    fresh = create_app(world.app.extensions["suchang"].settings)
    ask = fresh.extensions["suchang_openapi"]
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda _: ask(), range(8)))
    finally:
        close_app(fresh)
    assert all(one is found[0] for one in found)
