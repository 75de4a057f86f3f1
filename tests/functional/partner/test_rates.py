"""A partner's rate: held across processes, told, agreed by an officer, and nobody else's business."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from suchang.domain.account.roles import Role
from suchang.domain.errors import TooMany
from suchang.domain.partner.token_bucket import BURST_SECONDS
from suchang.workflows.partner.rates import DEFAULT_PER_MINUTE, SHARE, PartnerRates
from tests.conftest import StandingClock
from tests.support.world import World

BURST = 20


@pytest.fixture
def hospital(world: World) -> str:
    """Return the token of a hospital that may call 120 times a minute."""
    token = world.partner("medical")
    agree(world, 120)
    return token


def agree(world: World, per_minute: int | None) -> None:
    """Set the rate of the partner that was registered last."""
    admin = world.office(Role.PARTNER_ADMIN)
    partner = world.ok("GET", "/api/v1/partners", admin)["items"][0]["id"]
    body = {"requests_per_minute": per_minute}
    shown = world.ok("PUT", f"/api/v1/partners/{partner}/rate", admin, json=body)
    assert shown["requests_per_minute"] == (per_minute or DEFAULT_PER_MINUTE)


def flood(world: World, token: str, calls: int) -> Counter[int]:
    return Counter(world.call("GET", "/api/v1/redemptions", token).status_code for _ in range(calls))


def test_a_flood_is_refused_and_another_partner_is_served_as_before(
    world: World, hospital: str, clock: StandingClock
) -> None:
    other = world.partner("medical", name="另一家医院")
    assert flood(world, hospital, 7 * BURST) == {200: BURST, 429: 6 * BURST}
    assert flood(world, other, BURST) == {200: BURST}

    answer = world.call("GET", "/api/v1/redemptions", hospital)
    assert (answer.json["code"], answer.mimetype) == ("partner_rate", "application/problem+json")
    assert answer.headers["Retry-After"] == "1"
    clock.move(seconds=1)
    assert flood(world, hospital, 5) == {200: 2, 429: 3}, "two a second from now on"
    clock.move(seconds=500)
    assert flood(world, hospital, 2 * BURST) == {200: BURST, 429: BURST}, "a pause is worth one burst, no more"


def test_the_rate_holds_when_four_processes_hand_it_out_at_once(world: World, hospital: str) -> None:
    partner = str(world.ok("GET", "/api/v1/partners", world.office(Role.PARTNER_ADMIN))["items"][0]["id"])
    processes = [PartnerRates() for _ in range(4)]

    def call(number: int) -> bool:
        try:
            processes[number % 4].spend(world.collaborators, partner)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        served = sum(pool.map(call, range(7 * BURST)))

    assert served == BURST


def test_threads_that_find_nothing_left_take_one_share_together(world: World, hospital: str) -> None:
    """A share for each thread would empty the bucket, and refuse a partner that keeps to its rate."""
    agree(world, None)
    partner = str(world.ok("GET", "/api/v1/partners", world.office(Role.PARTNER_ADMIN))["items"][0]["id"])
    process, threads = PartnerRates(), 2 * SHARE
    started = threading.Barrier(threads)

    def call(_: int) -> None:
        started.wait(20)
        process.spend(world.collaborators, partner)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(call, range(threads)))

    burst = DEFAULT_PER_MINUTE * BURST_SECONDS // 60
    # This question itself takes the share of the process that answers it.
    assert world.ok("GET", "/api/v1/rate", hospital)["left"] == burst - 2 * burst // SHARE


def test_a_partner_sees_its_rate_and_what_is_left(world: World, hospital: str) -> None:
    first = world.ok("GET", "/api/v1/rate", hospital)
    assert first == {"requests_per_minute": 120, "burst": BURST, "left": BURST - 1}
    flood(world, hospital, 9)
    assert world.ok("GET", "/api/v1/rate", hospital)["left"] == BURST - 11
    agree(world, None)
    assert world.ok("GET", "/api/v1/rate", hospital)["requests_per_minute"] == DEFAULT_PER_MINUTE


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "120", True, 10_000_001])
def test_a_rate_is_refused_when_it_is_no_number_of_calls(world: World, hospital: str, wrong: object) -> None:
    admin = world.office(Role.PARTNER_ADMIN)
    partner = world.ok("GET", "/api/v1/partners", admin)["items"][0]["id"]
    answer = world.call("PUT", f"/api/v1/partners/{partner}/rate", admin, json={"requests_per_minute": wrong})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_fields")


@pytest.mark.usefixtures("hospital")
def test_officer_agrees_a_rate_on_the_page_of_the_partner(world: World) -> None:
    admin = world.office(Role.PARTNER_ADMIN)
    partner = world.ok("GET", "/api/v1/partners", admin)["items"][0]["id"]
    http = world.app.test_client()
    http.set_cookie("sc_officer", admin)

    def send(rate: str) -> tuple[int, str]:
        token = http.get("/csrf").get_json()["token"]
        answer = http.post(f"/console/partners/{partner}/rate", data={"csrf_token": token, "rate": rate})
        page = http.get(f"/console/partners/{partner}") if answer.status_code == 302 else answer
        return answer.status_code, page.get_data(as_text=True)

    assert "每分钟最多 90 次" in send("90")[1]
    for wrong in ("0", "-1", "many"):
        status, page = send(wrong)
        assert (status, "次数请填正整数" in page) == (422, True)
    assert f"每分钟最多 {DEFAULT_PER_MINUTE:,} 次" in send("")[1]
