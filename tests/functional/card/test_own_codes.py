"""Dependants show a code of their own from the holder's phone: who they are at a desk, what it is good for, its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import qrcode
from sqlalchemy import select

from suchang.credentials.token.codec import read_token
from suchang.domain.account.roles import Role
from suchang.persistence.models import Credential, SigningKey, StatusEntry
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.credential import reissue
from suchang.workflows.runtime.actors import SYSTEM
from tests.conftest import StandingClock
from tests.functional.card.test_family import said
from tests.support.world import Phone, World

BITS = {"schooling": 1, "medical": 2, "exit_entry": 3, "culture_sport": 5}


def claims(phone: Phone) -> Any:
    """Read what a phone's credential says."""
    return json.loads(read_token(phone.token).credential.payload)


def take(world: World, partner: str, verdict: Any, item: str, **body: Any) -> Any:
    """Ask for an item on a verification."""
    body = {"verification": verdict["id"], "item": item, **body}
    return world.call("POST", "/api/v1/redemptions", partner, json=body)


def test_a_dependant_is_told_apart_and_charged_when_the_own_code_is_shown(world: World) -> None:
    holder = world.holder("B")
    phone, desk = world.phone(holder), world.partner("medical", "culture_sport", "business_registration")
    mother, child = world.dependant(holder, "parent", "19560203"), world.dependant(holder)
    mothers, childs = (world.family_phone(holder, phone, one) for one in (mother, child))

    own, said_of = claims(phone), claims(childs)
    assert (said_of["rel"], said_of["name"], "rel" in own) == ("child", "陈*", False)
    assert said_of["cnf"] == own["cnf"]
    assert said_of["sub"] != own["sub"]
    assert said_of["status"] != own["status"]
    assert said_of["dom"] == sum(1 << bit for bit in BITS.values())

    seen = world.verify(desk, mothers.code(world.second))
    assert (seen["outcome"], seen["card"]["relation"], seen["card"]["principal"]) == ("accepted", "parent", "陈*")
    assert {one["beneficiary"] for one in seen["entitlements"]} == {mother}
    assert take(world, desk, seen, "medical.annual_checkup", details={"package": "full"}).status_code == 201
    again = take(
        world,
        desk,
        world.verify(desk, mothers.code(world.second)),
        "medical.annual_checkup",
        details={"package": "full"},
    )
    assert (again.status_code, again.json["code"]) == (409, "quota_exhausted")
    mine = world.verify(desk, phone.code(world.second))
    assert (mine["card"]["relation"], mine["card"]["principal"]) == (None, None)
    assert take(world, desk, mine, "medical.annual_checkup", details={"package": "full"}).status_code == 201

    # A child has no check-up, may not be charged to another, and the museum's visits are the whole family's.
    seen = world.verify(desk, childs.code(world.second))
    assert "medical.annual_checkup" not in {one["item"] for one in seen["entitlements"]}
    refused = take(world, desk, seen, "medical.annual_checkup", details={"package": "full"})
    assert (refused.status_code, refused.json["code"]) == (409, "item_not_allowed")
    stolen = take(world, desk, seen, "medical.annual_checkup", beneficiary=mother, details={"package": "full"})
    assert (stolen.status_code, stolen.json["code"]) == (404, "unknown_beneficiary")
    park = world.verify(desk, childs.code(world.second), "culture_sport")
    assert (park["card"]["relation"], park["card"]["name"], park["card"]["principal"]) == ("child", None, None)
    assert take(world, desk, park, "culture_sport.museum", details={"companions": 2}).json["beneficiary"] == child
    left = {
        one["item"]: one["remaining"]
        for one in world.verify(desk, mothers.code(world.second), "culture_sport")["entitlements"]
    }
    assert left["culture_sport.museum"] == 27
    elsewhere = world.verify(desk, childs.code(world.second), "business_registration")
    assert (elsewhere["outcome"], elsewhere["reason"], elsewhere["card"]) == ("refused", "not_entitled", None)

    visits = world.ok("GET", "/api/v1/me/verifications", holder)["items"]
    shown_by = [one["dependant"]["relation"] if one["dependant"] else "holder" for one in visits]
    assert sorted(shown_by) == ["child", "child", "child", "holder", "parent", "parent", "parent"]


def test_no_credential_is_issued_until_an_officer_and_the_guardian_said_yes(world: World) -> None:
    holder, stranger = world.holder("B"), world.holder("B")
    phone = world.phone(holder)
    child = world.ok("POST", "/api/v1/me/dependants", holder, json=said(931))["id"]
    path, body = f"/api/v1/me/dependants/{child}", {"assurance": "device", "device": phone.device}

    def code(token: str = holder, **more: Any) -> tuple[int, str]:
        answer = world.call("POST", f"{path}/credentials", token, json=body | more)
        return answer.status_code, str((answer.json or {}).get("code"))

    assert code() == (409, "not_confirmed")
    confirm = {"outcome": "confirm", "reason": "户口簿一致"}
    world.ok("POST", f"/api/v1/dependants/{child}/decision", world.office(Role.REVIEWER), json=confirm)
    assert [code(assurance=one) for one in ("device", "online", "print")] == [(409, "consent_missing")] * 3
    (shown,) = world.ok("GET", "/api/v1/me/dependants", holder)["items"]
    assert shown["obstacle"] == "consent_missing"
    world.ok("PUT", f"{path}/consent", holder, json={"given": True})
    assert code()[0] == 201
    assert code(stranger) == (404, "not_found")
    assert code(device="dev_00000000000000000000000000") == (404, "not_found")
    (shown,) = world.ok("GET", "/api/v1/me/dependants", holder)["items"]
    assert shown["obstacle"] is None


def remove(world: World, holder: str, phone: Phone, child: str) -> None:
    world.call("DELETE", f"/api/v1/me/dependants/{child}", holder)


def withdraw(world: World, holder: str, phone: Phone, child: str) -> None:
    world.ok("PUT", f"/api/v1/me/dependants/{child}/consent", holder, json={"given": False})


def take_off(world: World, holder: str, phone: Phone, child: str) -> None:
    world.call("DELETE", f"/api/v1/me/card/devices/{phone.device}", holder)


def revoke(world: World, holder: str, phone: Phone, child: str) -> None:
    card = world.ok("GET", "/api/v1/me/card", holder)["id"]
    body = {"because": "mistake", "reason": "误发"}
    world.ok("POST", f"/api/v1/cards/{card}/revoke", world.office(Role.APPROVER), json=body)


def lose(world: World, holder: str, phone: Phone, child: str) -> None:
    world.ok("POST", "/api/v1/me/card/report-lost", holder, json={"reason": "丢失"})


@pytest.mark.parametrize(
    ("act", "reason", "status", "mine"),
    [
        (remove, "revoked", 1, None),
        (withdraw, "revoked", 1, None),
        (take_off, "revoked", 1, "revoked"),
        (revoke, "revoked", 1, "revoked"),
        (lose, "suspended", 2, "suspended"),
    ],
)
def test_a_dependants_code_ends_when_its_ground_goes(
    world: World, act: Callable[[World, str, Phone, str], None], reason: str, status: int, mine: str | None
) -> None:
    holder = world.holder("B")
    phone, desk = world.phone(holder), world.partner("medical")
    child = world.dependant(holder)
    childs = world.family_phone(holder, phone, child)
    assert world.verify(desk, childs.code(world.second))["outcome"] == "accepted"

    act(world, holder, phone, child)

    assert world.verify(desk, childs.code(world.second))["reason"] == reason
    assert world.verify(desk, phone.code(world.second))["reason"] == mine
    place = claims(childs)["status"]["status_list"]
    with unit_of_work(world.collaborators.sessions) as session:
        entry = session.get(StatusEntry, (int(place["uri"].rpartition("/")[2]), place["idx"]))
        assert entry is not None
        assert entry.status == status


def test_a_code_ends_on_the_birthday_that_closes_a_domain(world: World, clock: StandingClock) -> None:
    holder = world.holder("B")
    phone = world.phone(holder)
    child = world.dependant(holder, "child", "20081203")
    childs = world.family_phone(holder, phone, child)

    eighteenth = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
    assert claims(childs)["exp"] == int(eighteenth.timestamp())
    assert claims(phone)["exp"] > claims(childs)["exp"]
    clock.now = datetime(2026, 12, 2, 15, 59, 59, tzinfo=UTC)
    desk = world.partner("medical")
    assert world.verify(desk, childs.code(world.second))["outcome"] == "accepted"
    clock.move(seconds=1)
    assert world.verify(desk, childs.code(world.second))["reason"] == "expired"
    # The session of the holder has run out by then.
    again = world.person(serial=1)
    answer = world.call(
        "POST",
        f"/api/v1/me/dependants/{child}/credentials",
        again,
        json={"assurance": "device", "device": phone.device},
    )
    assert (answer.status_code, answer.json["code"]) == (409, "nothing_for_dependant")  # type: ignore[index]


def test_a_print_of_a_dependant_stands_beside_the_holders_and_fits_the_measured_code(world: World) -> None:
    holder = world.holder("B")
    desk, wife = world.partner("medical"), world.dependant(holder, "spouse", "19870101")
    path = f"/api/v1/me/dependants/{wife}"

    def printed(where: str, **more: Any) -> str:
        return str(world.ok("POST", where, holder, json={"assurance": "print", **more})["presentation"])

    mine, hers = printed("/api/v1/me/card/credentials"), printed(f"{path}/credentials")
    assert (printed("/api/v1/me/card/credentials"), printed(f"{path}/credentials")) == (mine, hers)
    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q)
    picture.add_data(hers)
    assert picture.best_fit() <= 17
    seen = world.verify(desk, hers)
    assert (seen["assurance"], seen["card"]["relation"]) == ("print", "spouse")
    document = {"package": "full", "identity_document_seen": True}
    assert take(world, desk, seen, "medical.annual_checkup", details=document).json["beneficiary"] == wife
    sheet = world.call("GET", f"{path}/card.pdf", holder)
    assert (sheet.data[:5], sheet.headers["Cache-Control"]) == (b"%PDF-", "no-store")
    assert world.call("GET", f"{path}/card.png", holder).data[:4] == b"\x89PNG"
    newer = printed(f"{path}/credentials", renew=True)
    assert world.verify(desk, hers)["reason"] == "revoked"
    assert world.verify(desk, newer)["outcome"] == world.verify(desk, mine)["outcome"] == "accepted"
    online = world.ok("POST", f"{path}/credentials", holder, json={"assurance": "online"})["presentation"]
    assert world.verify(desk, online)["card"]["relation"] == "spouse"
    assert world.verify(desk, online)["reason"] == "replayed"


def test_a_dependant_is_signed_anew_as_a_dependant_when_a_key_is_compromised(world: World) -> None:
    holder = world.holder("B")
    phone, desk = world.phone(holder), world.partner("medical")
    child, kid = world.dependant(holder), world.dependant(holder, "child", "20180101")
    world.family_phone(holder, phone, child)
    gone = world.family_phone(holder, phone, kid)
    with unit_of_work(world.collaborators.sessions) as session:
        old = session.execute(select(SigningKey.kid).where(SigningKey.state == "active")).scalar_one()

    reissue.compromise(world.collaborators, SYSTEM, old)

    with unit_of_work(world.collaborators.sessions) as session:
        live = session.execute(select(Credential.dependant_id).where(Credential.revoked_at.is_(None))).scalars().all()
    assert sorted(live, key=str) == sorted([None, child, kid], key=str)
    fresh = world.family_phone(holder, phone, kid)
    assert claims(fresh)["rel"] == "child"
    assert claims(fresh)["sub"] != claims(gone)["sub"]
    assert world.verify(desk, fresh.code(world.second))["card"]["relation"] == "child"
