"""Online verification: freshness, replay, removed phones, suspended cards, challenges, what was seen offline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.persistence.models import Dependant, Device
from suchang.persistence.unit_of_work import unit_of_work
from tests.conftest import StandingClock
from tests.support.world import Phone, World


@pytest.fixture
def token(world: World) -> str:
    return world.holder()


@pytest.fixture
def phone(world: World, token: str) -> Phone:
    return world.phone(token)


@pytest.fixture
def hospital(world: World) -> str:
    return world.partner("medical", offline=True)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (-11, "not_yet_valid"),
        (-10, None),
        (0, None),
        (50, None),
        (51, "stale_presentation"),
        (61, "stale_presentation"),
    ],
)
def test_reason_follows_the_age_of_the_proof(
    world: World, phone: Phone, hospital: str, age: int, expected: str | None
) -> None:
    assert world.verify(hospital, phone.code(world.second - age))["reason"] == expected


def test_code_is_revoked_when_its_phone_was_removed(world: World, token: str, phone: Phone, hospital: str) -> None:
    world.call("DELETE", f"/api/v1/me/card/devices/{phone.device}", token)
    assert world.verify(hospital, phone.code(world.second))["reason"] == "revoked"


@pytest.mark.parametrize("table", ["device", "dependant"])
def test_code_is_revoked_when_its_bearer_was_removed_past_the_program(
    world: World, token: str, phone: Phone, table: str
) -> None:
    """Whoever removes a phone or a dependant by SQL alone: the credential ends with the same commit."""
    school = world.partner("schooling")
    bearer = world.dependant(token) if table == "dependant" else phone.device
    shown = world.family_phone(token, phone, bearer) if table == "dependant" else phone
    assert world.verify(school, shown.code(world.second), "schooling")["reason"] is None
    model = {"device": Device, "dependant": Dependant}[table]
    with unit_of_work(world.collaborators.sessions) as session:
        session.execute(update(model).where(model.id == bearer).values(removed_at=world.collaborators.clock()))
    assert world.verify(school, shown.code(world.second + 1), "schooling")["reason"] == "revoked"


def test_code_is_suspended_and_accepted_again_when_card_is_suspended_and_restored(
    world: World, clock: StandingClock, token: str, phone: Phone, hospital: str
) -> None:
    card = world.ok("GET", "/api/v1/me/card", token)["id"]
    first, second = world.office(Role.SUPERVISOR), world.office(Role.APPROVER)
    body = {"because": "suspected_fraud", "reason": "举报核查"}
    world.ok("POST", f"/api/v1/cards/{card}/suspend", first, json=body)
    assert world.verify(hospital, phone.code(world.second))["reason"] == "suspended"
    world.ok("POST", f"/api/v1/cards/{card}/restore", second, json={"reason": "查无实据"})
    clock.move(seconds=5)
    assert world.verify(hospital, phone.code(world.second))["outcome"] == "accepted"


def test_at_most_three_phones_hold_a_card(world: World, token: str, phone: Phone) -> None:
    world.phone(token, "第二部")
    world.phone(token, "第三部")
    with pytest.raises(AssertionError, match="too_many_devices"):
        world.phone(token, "第四部")
    names = [one["name"] for one in world.ok("GET", "/api/v1/me/card", token)["devices"]]
    assert names == ["手机", "第二部", "第三部"]


def test_phone_gets_the_credential_that_it_has_when_it_asks_again(world: World, token: str, phone: Phone) -> None:
    body = {"assurance": "device", "device": phone.device}
    again = world.ok("POST", "/api/v1/me/card/credentials", token, json=body)
    assert again["sd_jwt"] == phone.token
    renewed = world.ok("POST", "/api/v1/me/card/credentials", token, json={**body, "renew": True})
    assert renewed["sd_jwt"] != phone.token


def test_purpose_out_of_scope_is_refused_without_card_data(world: World, phone: Phone, hospital: str) -> None:
    verdict = world.verify(hospital, phone.code(world.second), purpose="housing")
    assert (verdict["outcome"], verdict["reason"], verdict["card"]) == ("refused", "out_of_scope", None)


def test_challenge_is_answered_once_and_by_its_own_proof_alone(
    world: World, clock: StandingClock, phone: Phone, hospital: str
) -> None:
    shown = world.ok("POST", "/api/v1/verifications/challenges", hospital, json={})
    plain = world.verify(hospital, phone.code(world.second), challenge=shown["nonce"])
    assert plain["reason"] == "holder_proof_invalid"
    answer = phone.code(world.second, audience=shown["audience"], nonce=shown["nonce"])
    assert world.verify(hospital, answer)["reason"] == "holder_proof_invalid"
    assert world.verify(hospital, answer, challenge=shown["nonce"])["outcome"] == "accepted"
    clock.move(seconds=2)
    later = phone.code(world.second, audience=shown["audience"], nonce=shown["nonce"])
    assert world.verify(hospital, later, challenge=shown["nonce"])["reason"] == "replayed"


def test_challenge_of_another_partner_is_not_found(world: World, phone: Phone, hospital: str) -> None:
    shown = world.ok("POST", "/api/v1/verifications/challenges", hospital, json={})
    other = world.partner("medical", name="另一家医院")
    body = {"presentation": phone.code(world.second), "purpose": "medical", "challenge": shown["nonce"]}
    assert world.call("POST", "/api/v1/verifications", other, json=body).status_code == 404


def test_deferred_verification_judges_freshness_at_the_desk_and_replay_on_arrival(
    world: World, clock: StandingClock, phone: Phone
) -> None:
    seen, code = rfc3339(clock()), phone.code(world.second)
    clock.move(hours=5)
    hospital = world.partner("medical", offline=True)
    late = world.verify(hospital, code, presented_at=seen)
    assert (late["outcome"], late["mode"]) == ("accepted", "deferred")
    assert world.verify(hospital, code, presented_at=seen)["reason"] == "replayed"


@pytest.mark.parametrize("hours", [73, -1])
def test_deferred_verification_is_invalid_when_its_moment_is_out_of_range(
    world: World, clock: StandingClock, phone: Phone, hours: int
) -> None:
    code = phone.code(world.second)
    clock.move(hours=max(hours, 0))
    hospital = world.partner("medical", offline=True)
    body = {"presentation": code, "purpose": "medical", "presented_at": rfc3339(clock() - timedelta(hours=hours))}
    answer = world.call("POST", "/api/v1/verifications", hospital, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "presented_at_out_of_range")
