"""Under which origin a demo issues: where it is served, until something has been issued."""

from __future__ import annotations

import jwt
import pytest

from suchang.config import load_settings
from suchang.domain.errors import Conflict
from suchang.workflows.runtime.installation import fixed_issuer, follow_address, known_address
from tests.conftest import StandingClock
from tests.support.world import World

SERVED = "https://localhost:8443"


def test_every_address_follows_when_nothing_has_been_issued(
    world: World, environ: dict[str, str], clock: StandingClock
) -> None:
    assert world.collaborators.issuer == "http://localhost:8000"

    follow_address(world.collaborators.sessions, SERVED)

    moved = World(environ, clock)
    try:
        about = moved.ok("GET", "/.well-known/jwt-vc-issuer")
        token = moved.phone(moved.holder()).token
        claims = jwt.decode(token.partition("~")[0], options={"verify_signature": False})
    finally:
        moved.close()
    assert (about["issuer"], about["jwks_uri"]) == (SERVED, f"{SERVED}/.well-known/jwks.json")
    assert claims["iss"] == SERVED
    assert claims["status"]["status_list"]["uri"].startswith(f"{SERVED}/status-lists/")


def test_the_issuer_stays_when_something_has_been_issued(world: World) -> None:
    world.phone(world.holder())

    found = follow_address(world.collaborators.sessions, SERVED)

    assert (found.issuer, found.served_at, found.agrees) == ("http://localhost:8000", SERVED, False)
    assert known_address(world.collaborators.sessions) == found


def test_another_issuer_is_refused_when_the_setting_changes(world: World, environ: dict[str, str]) -> None:
    settings = load_settings({**environ, "SUCHANG_ISSUER": "https://card.example.gov.cn"})

    with pytest.raises(Conflict, match="an issuer is for life"):
        fixed_issuer(world.collaborators.sessions, settings)
