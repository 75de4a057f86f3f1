"""Bad input at every door: an RFC 9457 answer in the 400s with a stable code, no traceback, no state changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from suchang.domain.account.roles import Role
from suchang.persistence.unit_of_work import unit_of_work
from tests.support.world import World

HOSTILE = {
    "duplicate keys": b'{"a": 1, "a": 2}',
    "NaN": b'{"a": NaN}',
    "infinity by exponent": b'{"a": 1e999}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "NUL": b'{"a": "\\u0000"}',
    "huge integer": b'{"a": ' + b"9" * 5000 + b"}",
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "deep but small": b'{"a":' * 60 + b"1" + b"}" * 60,
    "not UTF-8": b'{"a": "\xff"}',
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "not JSON": b"hello",
    "cut off": b'{"a": ',
    "ten megabytes": b'{"a": "' + b"x" * (10 * 1024 * 1024) + b'"}',
}
SHAPES: dict[str, object] = {
    "a list": [1, 2],
    "a number": 7,
    "null": None,
    "unknown field": {"no_such_field_at_all": 1},
    "wrong types": {"presentation": 1, "facts": [], "phone": {}, "reason": 5, "city": True, "name": 3, "title": []},
}
NOBODY = "0" * 26


@pytest.fixture
def tokens(world: World) -> dict[str, str]:
    return {
        "anyone": "",
        "holder": world.person(),
        "officer": world.office(Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR),
        "partner": world.partner("medical"),
    }


def doors(world: World, *methods: str) -> Iterator[tuple[str, str, str]]:
    """Return method, path and audience of every API route with these methods."""
    hooks = world.app.before_request_funcs
    for rule in world.app.url_map.iter_rules():
        if not rule.rule.startswith(("/api/", "/oauth/")):
            continue
        audience = getattr(hooks[rule.endpoint.partition(".")[0]][0], "audience", "none")
        path = rule.rule
        for argument in rule.arguments:
            prefix = argument.removesuffix("_id")[:3]
            path = path.replace(f"<{argument}>", f"{prefix}_{NOBODY}")
        for method in methods:
            if method in (rule.methods or set()):
                yield method, path, audience


def rows(world: World) -> dict[str, int]:
    """Count the rows of every table that a refused request must not fill."""
    names = ("application", "evidence", "card", "credential", "device", "redemption", "partner", "partner_client")
    with unit_of_work(world.collaborators.sessions) as session:
        return {name: session.execute(text(f"select count(*) from {name}")).scalar_one() for name in names}  # noqa: S608


def assert_problem(answer: object, what: str) -> None:
    status, body = answer.status_code, answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert 400 <= status < 500, f"{what}: {status} {body[:200]}"
    assert answer.mimetype == "application/problem+json", what  # type: ignore[attr-defined]
    parsed = json.loads(body)
    assert parsed["code"], what
    assert "Traceback" not in body, what


def test_every_door_answers_with_a_problem_when_json_is_hostile(world: World, tokens: dict[str, str]) -> None:
    before = rows(world)
    seen = 0
    for method, path, audience in doors(world, "POST", "PUT"):
        for what, body in HOSTILE.items():
            headers = {"Content-Type": "application/json"}
            answer = world.call(method, path, tokens[audience] or None, data=body, headers=headers)
            if path == "/api/v1/sign-out":
                assert answer.status_code == 204
            else:
                assert_problem(answer, f"{what} at {method} {path}")
            seen += 1
    assert seen > 200
    assert rows(world) == before


def test_every_door_answers_with_a_problem_when_the_shape_is_wrong(world: World, tokens: dict[str, str]) -> None:
    before = rows(world)
    for method, path, audience in doors(world, "POST", "PUT"):
        if path == "/api/v1/sign-out":
            continue
        for what, body in SHAPES.items():
            headers = {"Content-Type": "application/json"}
            answer = world.call(method, path, tokens[audience] or None, data=json.dumps(body), headers=headers)
            assert_problem(answer, f"{what} at {method} {path}")
    assert rows(world) == before


def test_every_guarded_door_is_shut_when_the_token_is_broken(world: World) -> None:
    for method, path, audience in doors(world, "GET", "POST", "PUT", "DELETE"):
        if audience == "anyone":
            continue
        for token in (None, "nonsense", "sct_bm9uc2Vuc2U.nonsense", "sct_", "é"):
            answer = world.call(method, path, token, json={} if method in ("POST", "PUT") else None)
            assert answer.status_code == 401, f"{method} {path} with {token!r}: {answer.status_code}"
            assert_problem(answer, f"{method} {path}")


def test_reading_a_stranger_is_not_found_when_the_id_is_anothers(world: World, tokens: dict[str, str]) -> None:
    theirs = world.person()
    body = {"city": "320100", "facts": {"employer_in_jiangsu": True}}
    application = world.ok("POST", "/api/v1/me/applications", theirs, json=body)["id"]
    known = world.call("GET", f"/api/v1/me/applications/{application}", tokens["holder"])
    unknown = world.call("GET", f"/api/v1/me/applications/app_{NOBODY}", tokens["holder"])
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    assert known.status_code == 404


def test_redemption_is_not_found_when_another_partner_verified(world: World, tokens: dict[str, str]) -> None:
    code = world.phone(world.holder()).code(world.second)
    seen = world.verify(tokens["partner"], code)
    stranger = world.partner("medical", name="另一家医院")
    body = {"verification": seen["id"], "item": "medical.annual_checkup", "details": {}}
    theirs = world.call("POST", "/api/v1/redemptions", stranger, json=body)
    nobodys = world.call("POST", "/api/v1/redemptions", stranger, json={**body, "verification": f"ver_{NOBODY}"})
    assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data)
    assert theirs.status_code == 404


@pytest.mark.parametrize(("digits", "code"), [(19, "invalid_fields"), (20, "malformed")])
def test_an_integer_is_refused_as_such_when_it_has_more_than_nineteen_digits(
    world: World, digits: int, code: str
) -> None:
    body = '{"phone": -' + "9" * digits + "}"

    answer = world.call("POST", "/api/v1/sign-in/codes", data=body, content_type="application/json")

    assert answer.json["code"] == code
