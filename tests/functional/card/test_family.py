"""A family over HTTP: declared by the holder, confirmed by an officer, of use at a desk."""

from __future__ import annotations

from typing import Any

import pytest

from suchang.domain.account.roles import Role
from tests.support.world import World, identity_number

SUZHOU, NANJING = "320500", "320100"


def said(serial: int, relation: str = "child", birth: str = "20200520", **more: Any) -> dict[str, Any]:
    """Say who a dependant is."""
    identity = {"type": "resident_id", "number": identity_number(serial, birth)}
    return {"relation": relation, "name": "陈小宝", "identity": identity, "evidence": {"register": "户口簿"}, **more}


def rights(world: World, holder: str, domain: str, beneficiary: str) -> list[Any]:
    """List what a beneficiary has in a domain, as the holder sees it."""
    shown = world.ok("GET", "/api/v1/me/card/entitlements", holder)["items"]
    return [one for one in shown if one["domain"] == domain and one["beneficiary"] == beneficiary]


def test_a_child_is_admitted_to_school_when_declared_consented_and_confirmed(world: World) -> None:
    holder = world.holder("B")
    child = world.ok("POST", "/api/v1/me/dependants", holder, json=said(901))
    assert (child["name"], child["confirmed"], child["consent"]) == ("陈*", False, False)
    assert rights(world, holder, "schooling", child["id"]) == []

    office = world.office(Role.REVIEWER, city=NANJING)
    (waiting,) = world.ok("GET", "/api/v1/dependants", office)["items"]
    assert (waiting["id"], waiting["evidence"]) == (child["id"], {"register": "户口簿"})
    elsewhere = world.office(Role.REVIEWER, city=SUZHOU)
    assert world.ok("GET", "/api/v1/dependants", elsewhere)["items"] == []
    path, body = f"/api/v1/dependants/{child['id']}/decision", {"outcome": "confirm", "reason": "户口簿一致"}
    assert world.call("POST", path, elsewhere, json=body).status_code == 404
    assert world.call("POST", path, world.office(Role.AUDITOR), json=body).status_code == 403
    assert world.ok("POST", path, office, json=body)["confirmed"] is True
    again = world.call("POST", path, office, json=body)
    assert (again.status_code, again.json["code"]) == (409, "already_confirmed")  # type: ignore[index]

    assert not any(one["available"] for one in rights(world, holder, "schooling", child["id"]))
    world.ok("PUT", f"/api/v1/me/dependants/{child['id']}/consent", holder, json={"given": True})
    open_now = [one["item"] for one in rights(world, holder, "schooling", child["id"]) if one["available"]]
    assert "schooling.admission_by_home" in open_now
    world.ok("PUT", f"/api/v1/me/dependants/{child['id']}/consent", holder, json={"given": False})
    assert not any(one["available"] for one in rights(world, holder, "schooling", child["id"]))

    assert world.call("DELETE", f"/api/v1/me/dependants/{child['id']}", holder).status_code == 204
    assert world.ok("GET", "/api/v1/me/dependants", holder)["items"] == []
    assert rights(world, holder, "schooling", child["id"]) == []
    assert world.ok("POST", "/api/v1/me/dependants", holder, json=said(901))["id"] == child["id"]


def test_a_declaration_is_refused_when_it_can_not_be(world: World) -> None:
    holder = world.holder("B")
    spouse = world.ok("POST", "/api/v1/me/dependants", holder, json=said(902, "spouse", "19880101"))

    def code(body: dict[str, Any]) -> str:
        answer = world.call("POST", "/api/v1/me/dependants", holder, json=body)
        assert answer.status_code in (409, 422)
        return str(answer.json["code"])  # type: ignore[index]

    assert code(said(902, "spouse", "19880101")) == "already_declared"
    assert code(said(903, "spouse", "19880101")) == "second_spouse"
    assert code(said(904, "child", "19800101")) == "birth_date_impossible"
    assert code(said(905) | {"identity": {"type": "resident_id", "number": "1"}}) == "invalid_identity"
    passport = {"type": "passport", "number": "DEU:C01X00T47"}
    assert code(said(906) | {"identity": passport}) == "birth_date_needed"
    assert code(said(906) | {"identity": passport, "born": "2199-01-01"}) == "birth_date_needed"
    assert code(said(907, "cousin")) == "invalid_fields"
    assert world.ok("POST", "/api/v1/me/dependants", holder, json=said(0, born="2019-02-01") | {"identity": passport})
    refused = {"outcome": "refuse", "reason": "婚姻登记不符"}
    world.ok("POST", f"/api/v1/dependants/{spouse['id']}/decision", world.office(Role.APPROVER), json=refused)
    shown = world.ok("GET", "/api/v1/me/dependants", holder)["items"]
    assert [one["relation"] for one in shown] == ["child"]
    stranger = world.holder("B")
    child = f"/api/v1/me/dependants/{shown[0]['id']}"
    assert world.call("DELETE", child, stranger).status_code == 404
    assert world.call("PUT", f"{child}/consent", stranger, json={"given": True}).status_code == 404


@pytest.mark.parametrize("whose", ["principal", "dependant"])
def test_nobody_decides_on_their_own_family(world: World, whose: str) -> None:
    mine = 650 if whose == "dependant" else 888
    holder = world.holder("B", serial=650) if whose == "principal" else world.holder("B")
    relation = {"birth": "19850412", "relation": "parent"} if whose == "dependant" else {}
    made = world.ok("POST", "/api/v1/me/dependants", holder, json=said(mine, **relation))
    office = world.office(Role.REVIEWER, person=150)

    answer = world.call(
        "POST", f"/api/v1/dependants/{made['id']}/decision", office, json={"outcome": "confirm", "reason": "x"}
    )

    assert (answer.status_code, answer.json["code"]) == (403, "own_case")  # type: ignore[index]
