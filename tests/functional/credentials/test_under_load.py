"""Rotation and revocation while ten desks verify: no good card is refused, a revoked one is refused at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from suchang.domain.clock import system_clock
from suchang.domain.roles import Role
from suchang.workflows import keys
from suchang.workflows.actors import SYSTEM
from tests.support.world import World

DESKS = 10


@pytest.fixture
def live(environ: dict[str, str]) -> Iterator[World]:
    """Give a world on the real clock: proofs are made and judged while time goes on."""
    world = World(environ, system_clock)
    yield world
    world.close()


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_no_good_card_is_refused_while_keys_rotate_and_a_card_is_revoked(live: World, seconds: int) -> None:
    holders = [live.holder() for _ in range(3)]
    phones = [live.phone(token) for token in holders]
    hospital, approver = live.partner("medical"), live.office(Role.APPROVER)
    doomed = live.ok("GET", "/api/v1/me/card", holders[0])["id"]
    stop, revoked_at = threading.Event(), [float("inf")]
    seen: list[tuple[int, float, str, str | None]] = []
    faults: list[BaseException] = []

    def desk(number: int) -> None:
        try:
            while not stop.is_set():
                phone = (number + len(seen)) % len(phones)
                asked = time.monotonic()
                verdict = live.verify(hospital, phones[phone].code(live.second))
                seen.append((phone, asked, verdict["outcome"], verdict["reason"]))
        except BaseException as fault:
            faults.append(fault)
            raise

    desks = [threading.Thread(target=desk, args=(number,)) for number in range(DESKS)]
    for one in desks:
        one.start()
    for turn in range(3):
        time.sleep(seconds / 4)
        keys.rotate(live.parts, SYSTEM)
        if turn == 1:
            live.ok("POST", f"/api/v1/cards/{doomed}/revoke", approver, json={"because": "mistake", "reason": "误发"})
            revoked_at[0] = time.monotonic()
    time.sleep(seconds / 4)
    stop.set()
    for one in desks:
        one.join()

    assert faults == []
    good = [(outcome, reason) for phone, _, outcome, reason in seen if phone != 0]
    assert set(good) == {("accepted", None)}
    late = [(outcome, reason) for phone, asked, outcome, reason in seen if phone == 0 and asked > revoked_at[0]]
    assert set(late) == {("refused", "revoked")}
    assert len(seen) > DESKS
