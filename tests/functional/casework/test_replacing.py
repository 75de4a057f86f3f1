"""A lost or damaged card gives its place to another: by its holder, by an officer, by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from tests.support.world import NANJING, World, identity_number

SUZHOU = "320500"
REPLACED = {"because": "damaged", "reason": "屏幕碎了"}


@pytest.fixture
def serial(world: World) -> int:
    return next(world._serials)


@pytest.fixture
def holder(world: World, serial: int) -> Iterator[str]:
    before = world.clock.now
    yield world.holder("B", story_facts(local_date(world.clock())), serial=serial)
    world.clock.now = before


def own(serial: int, **body: str) -> dict[str, Any]:
    return {**REPLACED, "identity_number": identity_number(serial), **body}


def test_old_codes_end_and_use_carries_over_when_a_holder_replaces_the_card(
    world: World, holder: str, serial: int
) -> None:
    partner, phone = world.partner("medical"), world.phone(holder)
    old = world.ok("GET", "/api/v1/me/card", holder)
    seen = world.verify(partner, phone.code(world.second))
    body = {"verification": seen["id"], "item": "medical.annual_checkup", "beneficiary": "holder", "details": {}}
    world.ok("POST", "/api/v1/redemptions", partner, json=body, headers={"Idempotency-Key": f"k{serial}"})
    made = world.ok("POST", "/api/v1/me/card/replacement", holder, json=own(serial))
    assert made["state"] == "active"
    assert made["number"] != old["number"]
    assert (made["tier"], made["valid_until"]) == (old["tier"], old["valid_until"])
    assert [one["id"] for one in made["devices"]] == [phone.device], "a broken screen is no lost phone"
    world.clock.move(seconds=31)
    refused = world.verify(partner, phone.code(world.second))
    assert (refused["outcome"], refused["reason"]) == ("refused", "revoked")
    given = world.ok(
        "POST", "/api/v1/me/card/credentials", holder, json={"assurance": "device", "device": phone.device}
    )
    phone.token = given["sd_jwt"]
    again = world.verify(partner, phone.code(world.second))
    assert again["outcome"] == "accepted"
    left = {one["item"]: one["remaining"] for one in again["entitlements"]}
    assert left.get("medical.annual_checkup", 0) == 0, "what was used stays used"
    second = world.call("POST", "/api/v1/redemptions", partner, json={**body, "verification": again["id"]})
    assert second.json["code"] == "quota_exhausted"
    audit = world.ok("GET", "/api/v1/audit", world.office(Role.AUDITOR), query_string={"subject": old["id"]})["items"]
    assert [one["action"] for one in audit if one["action"].startswith("card_")] == ["card_reissue", "card_issued"]


def test_lost_phone_is_forgotten_when_a_lost_card_is_replaced(world: World, holder: str, serial: int) -> None:
    world.phone(holder)
    world.ok("POST", "/api/v1/me/card/report-lost", holder, json={"reason": "手机丢了"})
    made = world.ok("POST", "/api/v1/me/card/replacement", holder, json=own(serial, because="lost"))
    assert (made["state"], made["devices"]) == ("active", [])


def test_thief_gets_nothing_when_they_do_not_know_the_document(world: World, holder: str, serial: int) -> None:
    wrong = own(serial, identity_number=identity_number(serial + 300))
    old = world.ok("GET", "/api/v1/me/card", holder)["id"]
    for number in (wrong["identity_number"], "nonsense", "3299991985", "", "329999198504120000"):
        answer = world.call("POST", "/api/v1/me/card/replacement", holder, json=own(serial, identity_number=number))
        assert answer.json["code"] in ("identity_mismatch", "invalid_fields")
    for _ in range(2):
        last = world.call("POST", "/api/v1/me/card/replacement", holder, json=wrong)
    assert last.status_code == 429
    right = world.call("POST", "/api/v1/me/card/replacement", holder, json=own(serial))
    assert right.status_code == 429, "guessing stops for whoever knows it by then, too"
    assert world.ok("GET", "/api/v1/me/card", holder)["id"] == old


def test_officer_of_the_city_replaces_a_card_when_the_holder_stands_at_the_window(world: World, holder: str) -> None:
    old = world.ok("GET", "/api/v1/me/card", holder)
    path = f"/api/v1/cards/{old['id']}/replacement"
    assert world.call("POST", path, world.office(Role.REVIEWER, city=SUZHOU), json=REPLACED).status_code == 404
    nanjing = world.office(Role.REVIEWER, city=NANJING)
    assert world.call("POST", path, nanjing, json={**REPLACED, "because": "renewed"}).status_code == 422
    assert world.ok("POST", path, nanjing, json=REPLACED)["number"] != old["number"]
    again = world.call("POST", path, nanjing, json=REPLACED)
    assert (again.status_code, again.json["code"]) == (409, "not_now")


def test_no_card_takes_its_place_when_one_is_suspended_for_more_than_a_loss(
    world: World, holder: str, serial: int
) -> None:
    card = world.ok("GET", "/api/v1/me/card", holder)["id"]
    change = {"because": "suspected_fraud", "reason": "举报"}
    world.ok("POST", f"/api/v1/cards/{card}/suspend", world.office(Role.APPROVER), json=change)
    answer = world.call("POST", "/api/v1/me/card/replacement", holder, json=own(serial, because="lost"))
    assert answer.json["code"] == "card_held_back"
    office = world.call("POST", f"/api/v1/cards/{card}/replacement", world.office(Role.REVIEWER), json=REPLACED)
    assert office.json["code"] == "card_held_back"


def test_pages_replace_a_card_when_holder_or_officer_ask(world: World, holder: str, serial: int) -> None:
    import re

    def browser(cookie: str, token: str, page: str) -> tuple[Any, str]:
        http = world.app.test_client()
        http.set_cookie(cookie, token)
        found = re.search(r'name="csrf_token" value="([^"]+)"', http.get(page).get_data(as_text=True))
        assert found is not None
        return http, found[1]

    first = world.ok("GET", "/api/v1/me/card", holder)
    http, csrf = browser("sc_holder", holder, "/me/settings")
    form = {"csrf_token": csrf, **own(serial, identity_number="x")}
    refused = http.post("/me/replace-card", data=form)
    assert refused.status_code == 409
    assert "证件号码和登记的不一样" in refused.get_data(as_text=True)
    assert http.post("/me/replace-card", data={**form, **own(serial)}).status_code == 302
    second = world.ok("GET", "/api/v1/me/card", holder)
    office, csrf = browser("sc_officer", world.office(Role.REVIEWER), "/console/cards")
    answer = office.post(f"/console/cards/{second['id']}/replace", data={"csrf_token": csrf, **REPLACED})
    assert answer.status_code == 302
    third = world.ok("GET", "/api/v1/me/card", holder)
    assert len({first["number"], second["number"], third["number"]}) == 3
    again = office.post(f"/console/cards/{second['id']}/replace", data={"csrf_token": csrf, **REPLACED})
    assert again.status_code == 409
