"""What a browser is told of the cookie that a sign-in sets."""

from __future__ import annotations

from flask import Response

from suchang.web.auth import start_session
from tests.support.world import World

PROTECTED = {"HttpOnly", "SameSite=Lax"}


def _attributes(header: str) -> set[str]:
    return {part.strip() for part in header.split(";")}


def test_no_script_can_read_the_cookie_when_the_api_signs_in(world: World) -> None:
    code = world.ok("POST", "/api/v1/sign-in/codes", json={"phone": "13900000001"})["code"]

    answer = world.call("POST", "/api/v1/sign-in", json={"phone": "13900000001", "code": code})

    assert answer.status_code == 200
    assert _attributes(answer.headers["Set-Cookie"]) >= PROTECTED


def test_no_script_can_read_the_cookie_when_a_page_signs_in(world: World) -> None:
    for kind in ("holder", "officer", "desk"):
        with world.app.test_request_context("/"):
            answer = start_session(Response(), kind, "token")

        assert _attributes(answer.headers["Set-Cookie"]) >= PROTECTED
