"""The main job over HTTP on a real database: apply, determine, review, approve, issue, show, verify, redeem, revoke."""

from __future__ import annotations

from typing import Any

import pytest

from suchang.domain.account.roles import Role
from tests.conftest import StandingClock
from tests.support.world import QUALIFIED, World


@pytest.fixture
def reviewer(world: World) -> str:
    return world.office(Role.REVIEWER)


@pytest.fixture
def approver(world: World) -> str:
    return world.office(Role.APPROVER)


def determined(world: World, token: str, application: str) -> dict[str, Any]:
    view = world.ok("GET", f"/api/v1/me/applications/{application}", token)
    result: dict[str, Any] = view["determination"]["result"]
    return result


def test_card_is_issued_when_reviewed_and_approved_by_two_people(world: World, reviewer: str, approver: str) -> None:
    token = world.person()
    application = world.apply(token, QUALIFIED)
    tier = determined(world, token, application)["tier"]
    world.recommend(reviewer, application)
    case = world.approve(approver, application, tier or "E")
    if tier is None:
        assert case["state"] == "second_decision"
        world.approve(world.office(Role.APPROVER), application, "E")
    card = world.ok("GET", "/api/v1/me/card", token)
    assert card["state"] == "active"
    assert card["name"] == "陈*"


def test_approval_is_refused_when_reviewer_and_approver_are_one_person(world: World) -> None:
    both = world.office(Role.REVIEWER, Role.APPROVER)
    application = world.apply(world.person(), QUALIFIED)
    world.recommend(both, application)
    body = {"outcome": "approve", "tier": "B", "reason": "自己批自己"}
    answer = world.call("POST", f"/api/v1/applications/{application}/decision", both, json=body)
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "four_eyes"


def test_code_is_accepted_once_when_shown_twice(world: World) -> None:
    holder = world.holder()
    code = world.phone(holder).code(world.second)
    partner = world.partner("medical")
    assert world.verify(partner, code)["outcome"] == "accepted"
    again = world.verify(partner, code)
    assert (again["outcome"], again["reason"], again["card"]) == ("refused", "replayed", None)


def test_benefit_is_redeemed_once_when_quota_is_one(world: World, clock: StandingClock) -> None:
    phone = world.phone(world.holder())
    partner = world.partner("medical")
    first = world.verify(partner, phone.code(world.second))
    body = {"verification": first["id"], "item": "medical.annual_checkup", "details": {}}
    assert world.call("POST", "/api/v1/redemptions", partner, json=body).status_code == 201
    clock.move(seconds=30)
    second = world.verify(partner, phone.code(world.second))
    assert "medical.annual_checkup" not in {one["item"] for one in second["entitlements"]}
    answer = world.call("POST", "/api/v1/redemptions", partner, json={**body, "verification": second["id"]})
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "quota_exhausted"


def test_verification_is_refused_at_once_when_card_is_revoked(
    world: World, clock: StandingClock, approver: str
) -> None:
    token = world.holder()
    phone, partner = world.phone(token), world.partner("medical")
    assert world.verify(partner, phone.code(world.second))["outcome"] == "accepted"
    card = world.ok("GET", "/api/v1/me/card", token)["id"]
    body = {"because": "mistake", "reason": "误发"}
    world.ok("POST", f"/api/v1/cards/{card}/revoke", approver, json=body)
    clock.move(seconds=1)
    refused = world.verify(partner, phone.code(world.second))
    assert (refused["outcome"], refused["reason"], refused["card"]) == ("refused", "revoked", None)


@pytest.mark.parametrize("assurance", ["online", "print"])
def test_code_without_a_phone_is_accepted_when_card_is_good(world: World, assurance: str) -> None:
    token = world.holder()
    given = world.ok("POST", "/api/v1/me/card/credentials", token, json={"assurance": assurance})
    verdict = world.verify(world.partner("medical"), given["presentation"])
    assert (verdict["outcome"], verdict["assurance"]) == ("accepted", assurance)


def test_same_answer_is_given_when_request_is_retried_with_its_key(world: World) -> None:
    phone, partner = world.phone(world.holder()), world.partner("medical")
    seen = world.verify(partner, phone.code(world.second))
    body = {"verification": seen["id"], "item": "medical.annual_checkup", "details": {}}
    headers = {"Idempotency-Key": "retry-1"}
    first = world.call("POST", "/api/v1/redemptions", partner, json=body, headers=headers)
    again = world.call("POST", "/api/v1/redemptions", partner, json=body, headers=headers)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    body["details"] = {"package": "full"}
    changed = world.call("POST", "/api/v1/redemptions", partner, json=body, headers=headers)
    assert changed.status_code == 422
    assert changed.json is not None
    assert changed.json["code"] == "idempotency_key_reused"


def test_holder_sees_who_looked_at_the_card(world: World) -> None:
    token = world.holder()
    world.verify(world.partner("medical", name="鼓楼示范医院"), world.phone(token).code(world.second))
    looked = world.ok("GET", "/api/v1/me/verifications", token)["items"]
    assert [(one["partner"], one["outcome"]) for one in looked] == [("鼓楼示范医院", "accepted")]
