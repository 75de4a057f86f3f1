"""Public notices over HTTP: shown masked, objected to, answered, and only then decided."""

from __future__ import annotations

import pytest

from suchang.domain.account.roles import Role
from tests.functional.casework.test_casework import Office
from tests.support.world import World

TIERS = "A,B,C,D,E"


@pytest.fixture(scope="module")
def module_environ(module_environ) -> dict[str, str]:
    return {**module_environ, "SUCHANG_NOTICE_TIERS": TIERS}


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


def test_card_waits_for_the_notice_and_its_objections_when_one_is_required(office: Office) -> None:
    world = office.world
    _, case = office.recommended()
    tier = office.tier(case)
    decision = {"outcome": "approve", "tier": tier, "reason": "符合条件"}
    assert office.refused(office.ana, f"applications/{case}/decision", **decision) == "notice_not_over"
    assert office.step(office.ana, case, "publish-notice")["state"] == "public_notice"
    shown = next(one for one in world.ok("GET", "/api/v1/notices")["items"] if one["id"] == case)
    assert shown["name"] == "陈*"
    assert shown["ends"] == "2026-11-09"
    objection = {"text": "奖项不是本人的", "name": "李四", "contact": "13800000000"}
    made = world.ok("POST", f"/api/v1/notices/{case}/objections", json=objection)
    assert made["id"].startswith("obj_")
    assert "李四" not in str(office.show(case))
    assert world.call("GET", f"/api/v1/applications/{case}/objections", office.rui).status_code == 403
    seen = world.ok("GET", f"/api/v1/applications/{case}/objections", office.su)["items"]
    assert seen[0]["sender"] == "李四 13800000000"
    world.clock.move(days=8)
    ana, su = world.office(Role.APPROVER), world.office(Role.SUPERVISOR)
    assert office.refused(ana, f"applications/{case}/decision", **decision) == "not_now"
    assert office.step(su, case, "dismiss-objection", reason="已核实")["state"] == "public_notice"
    assert world.ok("POST", f"/api/v1/applications/{case}/decision", ana, json=decision)["state"] == "issued"


def test_objection_is_refused_when_there_is_no_notice(office: Office) -> None:
    body = {"text": "x", "name": "x", "contact": "x"}
    assert office.world.call("POST", "/api/v1/notices/app_none/objections", json=body).status_code == 404
