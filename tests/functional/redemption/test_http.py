"""Reservations, parts and reversals over HTTP, and what the end of a card does to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from suchang.domain.account.roles import Role
from tests.conftest import StandingClock
from tests.support.world import World


@pytest.fixture
def world(environ: dict[str, str], clock: StandingClock) -> Iterator[World]:
    """Return an installation with its people, in place of the ledger's small one."""
    found = World(environ, clock)
    yield found
    found.close()


def begin(world: World, partner: str, holder: str, item: str, *, key: str = "k", **body: Any) -> Any:
    """Verify a fresh code and ask for an item."""
    seen = world.ok(
        "POST",
        "/api/v1/verifications",
        partner,
        json={"presentation": world.phone(holder, key).code(world.second), "purpose": item.partition(".")[0]},
    )
    return world.call(
        "POST",
        "/api/v1/redemptions",
        partner,
        json={"verification": seen["id"], "item": item, **body},
        headers={"Idempotency-Key": key},
    )


def test_a_reservation_is_confirmed_in_part_and_reversed_when_a_bureau_works(world: World) -> None:
    holder = world.holder("B")
    bureau = world.partner("housing", name="住房局")
    details = {
        "contract_number": "HT-2026-0001",
        "price": "4000000.00",
        "amount": "1800000.00",
        "identity_document_seen": True,
    }
    held = begin(world, bureau, holder, "housing.purchase_subsidy", details=details, reserve=True)
    assert held.status_code == 201, held.json
    assert (held.json["kind"], held.json["amount"], held.json["asked"]) == ("reserve", "1700000.00", 180_000_000)
    path = f"/api/v1/redemptions/{held.json['id']}"
    rent = {"contract_number": "ZL-2026-0001", "monthly_rent": "3000.00", "amount": "3000.00"}
    other = begin(world, bureau, holder, "housing.rent_subsidy", key="r", details=rent)
    assert (other.status_code, other.json["code"]) == (409, "excluded_by")
    assert other.json["excluded_by"] == "housing.purchase_subsidy"
    assert "购房补贴" in other.json["text"]["zh"]

    too_much = world.call("POST", f"{path}/confirmation", bureau, json={"units": 170_000_001})
    assert (too_much.status_code, too_much.json["code"]) == (409, "confirm_exceeds")
    kept = world.ok("POST", f"{path}/confirmation", bureau, json={"units": 100_000_000})
    assert kept["amount"] == "1000000.00"
    again = world.call("POST", f"{path}/confirmation", bureau, json={})
    assert (again.status_code, again.json["code"]) == (409, "reservation_closed")
    part = world.ok("POST", f"{path}/reversal", bureau, json={"reason": "合同变更", "units": 40_000_000})
    assert part["amount"] == "-400000.00"
    lines = world.ok("GET", "/api/v1/redemptions", bureau)["items"]
    assert sorted(line["kind"] for line in lines) == ["confirm", "reserve", "reverse"]


@pytest.mark.parametrize("body", [{"reserve": "yes"}, {"reserve": 1}, {"details": {"package": "gold"}}, {"units": 3}])
def test_a_redemption_is_refused_by_field_when_its_body_is_wrong(world: World, body: dict[str, Any]) -> None:
    answer = begin(world, world.partner("medical"), world.holder("B"), "medical.annual_checkup", **body)

    assert (answer.status_code, answer.json["code"]) in {(422, "invalid_fields"), (422, "invalid")}
    assert [one["field"] for one in answer.json["errors"]] in (["reserve"], ["details.package"], ["units"])


@pytest.mark.parametrize(("because", "code"), [("fraud", "reservation_closed"), ("departed", None)])
def test_what_was_reserved_stands_unless_the_card_ends_by_fraud(world: World, because: str, code: str | None) -> None:
    holder = world.holder("B")
    hospital = world.partner("medical")
    held = begin(world, hospital, holder, "medical.annual_checkup", reserve=True)
    card = world.ok("GET", "/api/v1/me/card", holder)["id"]
    body = {"because": because, "reason": "经查实"}
    world.ok("POST", f"/api/v1/cards/{card}/revoke", world.office(Role.APPROVER), json=body)

    answer = world.call("POST", f"/api/v1/redemptions/{held.json['id']}/confirmation", hospital, json={})

    assert answer.json.get("code") == code
    assert answer.status_code == (201 if code is None else 409)
