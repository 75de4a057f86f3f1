"""The life of a partner's client, and its settlement reports."""

from __future__ import annotations

import base64
import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from suchang.domain.account.roles import Role
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from tests.conftest import StandingClock
from tests.support.world import World, credit_code


def token_answer(world: World, client: str, secret: str, address: str = "127.0.0.1") -> Any:
    """Ask for a token by HTTP Basic from an address."""
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    return world.call(
        "POST",
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.fixture
def admin(world: World) -> str:
    return world.office(Role.PARTNER_ADMIN)


@pytest.fixture
def client(world: World, admin: str) -> tuple[str, str, str]:
    """Onboard a hospital over HTTP; gives the path of its client, the client's id and secret."""
    body = {"name": "示范医院", "uscc": credit_code(77), "domains": ["medical"], "sites": []}
    made = world.ok("POST", "/api/v1/partners", admin, json=body)
    asked = {"name": "HIS", "scopes": ["verify:medical", "redeem:medical"]}
    given = world.ok("POST", f"/api/v1/partners/{made['id']}/clients", admin, json=asked)
    path = f"/api/v1/partners/{made['id']}/clients/{given['client_id']}"
    return path, given["client_id"], given["client_secret"]


def test_a_rotated_secret_works_for_a_day_beside_the_new_one(
    world: World, admin: str, client: tuple[str, str, str], clock: StandingClock
) -> None:
    path, client_id, old = client
    new = world.ok("POST", f"{path}/secret", admin, json={})["client_secret"]
    clock.move(hours=23, minutes=59)
    assert [token_answer(world, client_id, one).status_code for one in (old, new)] == [200, 200]
    clock.move(minutes=1)
    assert [token_answer(world, client_id, one).status_code for one in (old, new)] == [401, 200]

    newest = world.ok("POST", f"{path}/secret", world.office(Role.PARTNER_ADMIN), json={"at_once": True})
    answers = [token_answer(world, client_id, one).status_code for one in (new, newest["client_secret"])]
    assert answers == [401, 200]


def test_a_token_is_given_only_to_the_networks_of_the_client(
    world: World, admin: str, client: tuple[str, str, str]
) -> None:
    path, client_id, secret = client
    world.ok("PUT", f"{path}/networks", admin, json={"networks": ["203.0.113.0/24", "2001:db8::/32"]})

    addresses = ["203.0.113.7", "2001:db8::1", "203.0.114.7", "127.0.0.1"]
    assert [token_answer(world, client_id, secret, one).status_code for one in addresses] == [200, 200, 401, 401]
    outside = token_answer(world, client_id, secret, "127.0.0.1").json
    assert outside == token_answer(world, client_id, "wrong", "203.0.113.7").json
    wrong = world.call("PUT", f"{path}/networks", admin, json={"networks": ["203.0.113.7/24"]})
    assert (wrong.status_code, wrong.json["code"]) == (422, "bad_network")


def test_a_call_from_a_foreign_network_is_refused_though_its_token_is_good(
    world: World, admin: str, client: tuple[str, str, str]
) -> None:
    path, client_id, secret = client
    phone = world.phone(world.holder("B"))
    token = token_answer(world, client_id, secret).json["access_token"]
    world.ok("PUT", f"{path}/networks", admin, json={"networks": ["203.0.113.0/24"]})

    def ask(address: str, **headers: str) -> Any:
        options: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": address}, "headers": headers}
        lines = world.call("GET", "/api/v1/redemptions", token, **options)
        code = {"presentation": phone.code(world.second), "purpose": "medical"}
        seen = [
            world.call("POST", "/api/v1/verifications", token, json=code, **{**options, "headers": {**headers, **more}})
            for more in ({}, {"Idempotency-Key": "k1"})
        ]
        return [(answer.status_code, answer.json.get("code")) for answer in (lines, *seen)]

    inside, outside = (200, None), (403, "address_not_allowed")
    assert ask("203.0.114.7") == [outside] * 3
    assert ask("203.0.114.7", **{"X-Forwarded-For": "203.0.113.7"}) == [outside] * 3, "no proxy is trusted unless set"
    assert ask("") == [outside] * 3
    assert logged(world) == 0, "a refused client leaves no row"
    assert ask("203.0.113.7") == [inside] * 3
    assert ask("::ffff:203.0.113.7")[0] == inside


def logged(world: World) -> int:
    """Count the verification log."""
    with unit_of_work(world.collaborators.sessions) as session:
        return int(session.execute(text("SELECT count(*) FROM verification")).scalar_one())


def test_one_client_is_suspended_with_its_tokens_and_restored(
    world: World, admin: str, client: tuple[str, str, str]
) -> None:
    path, client_id, secret = client
    token = token_answer(world, client_id, secret).json["access_token"]
    world.ok("PUT", f"{path}/state", admin, json={"state": "suspended"})
    assert world.call("GET", "/api/v1/redemptions", token).status_code == 401
    assert token_answer(world, client_id, secret).status_code == 401
    again = world.call("PUT", f"{path}/state", admin, json={"state": "suspended"})
    assert (again.status_code, again.json["code"]) == (409, "no_change")
    world.ok("PUT", f"{path}/state", admin, json={"state": "active"})
    assert world.call("GET", "/api/v1/redemptions", token).status_code == 200

    keys = {"keys": [{"kty": "EC", "crv": "P-256", "kid": "k1", "x": "AA", "y": "AA"}]}
    assert world.ok("PUT", f"{path}/keys", admin, json={"jwks": keys})
    for wrong in ({"keys": []}, {"keys": [{**keys["keys"][0], "d": "AA"}]}, {"keys": keys["keys"] * 2}, {}):
        assert world.call("PUT", f"{path}/keys", admin, json={"jwks": wrong}).json["code"] == "bad_keys"
    stranger = f"/api/v1/partners/par_x/clients/{client_id}/state"
    assert world.call("PUT", stranger, admin, json={"state": "suspended"}).status_code == 404
    reviewer = world.office(Role.REVIEWER)
    assert world.call("PUT", f"{path}/state", reviewer, json={"state": "suspended"}).status_code == 403


def test_a_settlement_adds_up_to_the_ledger_and_books_a_reversal_in_its_month(
    world: World, clock: StandingClock
) -> None:
    holder = world.holder("B")
    made = partners.register_partner(
        world.collaborators, SYSTEM, name="住房局", uscc=credit_code(78), domains=["housing", "medical"], sites=[]
    )
    scopes = [f"{verb}:{domain}" for verb in ("verify", "redeem") for domain in ("housing", "medical")]
    given = partners.add_client(world.collaborators, SYSTEM, made["id"], name="HIS", scopes=[*scopes, "verify:offline"])
    bureau = world.partner_token(given.client_id, given.secret)

    def use(item: str, **body: Any) -> Any:
        code = world.phone(holder, item).code(world.second)
        asked = {"presentation": code, "purpose": item.partition(".")[0]}
        if body.pop("deferred", False):
            asked["presented_at"] = clock().isoformat()
        seen = world.ok("POST", "/api/v1/verifications", bureau, json=asked)
        return world.call(
            "POST", "/api/v1/redemptions", bureau, json={"verification": seen["id"], "item": item, **body}
        )

    buy = {"contract_number": "HT-2026-0001", "price": "60000.00", "amount": "5000.00", "identity_document_seen": True}
    answer = use("housing.purchase_subsidy", details=buy)
    assert answer.status_code == 201, answer.json
    use("medical.annual_checkup")
    use("medical.annual_checkup", deferred=True)
    clock.now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    bureau = world.partner_token(given.client_id, given.secret)
    path = f"/api/v1/redemptions/{answer.json['id']}/reversal"
    world.ok("POST", path, bureau, json={"reason": "合同变更", "units": 100})

    november = world.ok("GET", "/api/v1/settlements/2026-11", bureau)
    december = world.ok("GET", "/api/v1/settlements/2026-12", bureau)
    by_item = {one["item"]: one for one in november["totals"]}
    assert (by_item["housing.purchase_subsidy"]["net"], by_item["housing.purchase_subsidy"]["net_amount"]) == (
        500_000,
        "5000.00",
    )
    assert (by_item["medical.annual_checkup"]["uses"], by_item["medical.annual_checkup"]["conflicts"]) == (1, 1)
    assert [one["reason"] for one in november["conflicts"]] == ["quota_exhausted"]
    (rest,) = december["totals"]
    assert (rest["item"], rest["net"], rest["net_amount"]) == ("housing.purchase_subsidy", -100, "-1.00")
    with unit_of_work(world.collaborators.sessions) as session:
        used = dict(session.execute(text("SELECT item, sum(used) FROM entitlement_counter GROUP BY item")).all())
    for item, total in used.items():
        booked = [one["net"] for month in (november, december) for one in month["totals"] if one["item"] == item]
        assert sum(booked) == total

    lines = world.call("GET", "/api/v1/settlements/2026-11?format=csv", bureau)
    rows = list(csv.DictReader(io.StringIO(lines.get_data(as_text=True).removeprefix("\ufeff"))))
    assert sum(int(row["units"]) for row in rows) == sum(one["net"] for one in november["totals"])
    assert not any("陈" in value for row in rows for value in row.values())
    book = load_workbook(io.BytesIO(world.call("GET", "/api/v1/settlements/2026-11?format=xlsx", bureau).data))
    assert [sheet.max_row for sheet in book] == [3, 3, 2]
    book.close()
    for month in ("2026-13", "2026", "1999-01", "2026-1"):
        assert world.call("GET", f"/api/v1/settlements/{month}", bureau).json["code"] == "bad_month"
    partner_id = november["partner"]
    auditor = world.office(Role.AUDITOR)
    assert world.ok("GET", f"/api/v1/partners/{partner_id}/settlements/2026-11", auditor) == november
    reviewer = world.office(Role.REVIEWER)
    assert world.call("GET", f"/api/v1/partners/{partner_id}/settlements/2026-11", reviewer).status_code == 403
