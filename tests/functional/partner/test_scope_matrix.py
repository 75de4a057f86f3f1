"""Every scope by every field of every answer: what a partner is told follows from its scopes and the catalogues.

Nothing here lists fields or doors by hand: the doors are the routes that let partners in, the fields those that
``Disclosure`` knows, the expectation what the items of a domain disclose. The rest of each answer is searched for what
no partner may ever see.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

import services
from suchang.domain.account.roles import Role
from suchang.domain.redemption import Disclosure
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from tests.support.world import NANJING, Phone, World, credit_code, identity_number

SERVICES = services.load()
ITEM = re.compile(rf"\b({'|'.join(SERVICES)})\.[a-z_]+")
OF_CARD = {one.value for one in Disclosure} - {"birth_year"}
"""What is said of the card; the year of birth is said of a dependant, with an entitlement."""

KIN = {"child": ("陈小宝", "20200520"), "spouse": ("周晓月", "19880101")}


@pytest.fixture
def phone(world: World) -> Phone:
    """Return the phone of a holder with a spouse and a child, whom an officer has confirmed."""
    holder = world.holder("B")
    office = world.office(Role.REVIEWER, city=NANJING)
    for serial, (relation, (name, birth)) in enumerate(KIN.items(), 900):
        identity = {"type": "resident_id", "number": identity_number(serial, birth)}
        body = {"relation": relation, "name": name, "identity": identity, "evidence": {"register": "户口簿"}}
        made = world.ok("POST", "/api/v1/me/dependants", holder, json=body)["id"]
        decision = {"outcome": "confirm", "reason": "一致"}
        world.ok("POST", f"/api/v1/dependants/{made}/decision", office, json=decision)
        if relation == "child":
            world.ok("PUT", f"/api/v1/me/dependants/{made}/consent", holder, json={"given": True})
    return world.phone(holder)


def tokens(world: World, slug: str, serial: int) -> dict[str, str]:
    """Register a partner of one domain, and give an access token for each of its scopes and for all of them."""
    made = partners.register_partner(
        world.collaborators, SYSTEM, name=f"机构{serial}", uscc=credit_code(700 + serial), domains=[slug], sites=[]
    )
    scopes = [f"verify:{slug}", f"redeem:{slug}", "verify:offline"]
    client = partners.add_client(world.collaborators, SYSTEM, made["id"], name="x", scopes=scopes)
    basic = base64.b64encode(f"{client.client_id}:{client.secret}".encode()).decode()
    return {
        scope: world.ok(
            "POST",
            "/oauth/token",
            data={"grant_type": "client_credentials", "scope": scope},
            headers={"Authorization": f"Basic {basic}"},
        )["access_token"]
        for scope in (*scopes, " ".join(scopes))
    }


def reading_doors(world: World, mine: str) -> Iterator[str]:
    """Return the address of every GET route for partners, with an id that somebody has."""
    hooks = world.app.before_request_funcs
    for rule in world.app.url_map.iter_rules():
        hook = (hooks.get(rule.endpoint.partition(".")[0]) or [None])[0]
        if getattr(hook, "audience", None) != "partner" or "GET" not in (rule.methods or set()):
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", "2026-11" if argument == "month" else mine)
        yield path


def canaries(world: World) -> list[str]:
    """List what no partner may see: who the holder and the family are, and the ids that the house uses inside."""
    found = [name for name, _ in KIN.values()] + ["陈思远", "户口簿", "1988-01-01", "2020-05-20", "1985-04-12"]
    queries = (
        "SELECT id, phone, encode(identity_index, 'hex') FROM person",
        "SELECT id, number, application_id, decision_id FROM card",
        "SELECT encode(identity_index, 'hex'), name FROM dependant",
        "SELECT id, thumbprint FROM device",
    )
    with unit_of_work(world.collaborators.sessions) as session:
        for query in queries:
            found += [str(value) for row in session.execute(text(query)) for value in row if value]
    found += [identity_number(900, "20200520"), identity_number(901, "19880101")]
    return found


def test_no_answer_tells_more_than_its_scope_discloses(world: World, phone: Phone) -> None:
    everybody = world.partner(*SERVICES)
    seen = world.verify(everybody, phone.code(world.second))["id"]
    line = world.ok(
        "POST",
        "/api/v1/redemptions",
        everybody,
        json={"verification": seen, "item": "medical.annual_checkup", "details": {"package": "basic"}},
    )["id"]
    secret = [*canaries(world), seen, line]
    doors = sorted(set(reading_doors(world, line)))
    assert len(doors) >= 4
    for serial, slug in enumerate(SERVICES):
        for scope, token in tokens(world, slug, serial).items():
            answers = [world.call("GET", path, token) for path in doors]
            for purpose, service in SERVICES.items():
                body = {"presentation": phone.code(world.second), "purpose": purpose}
                answer = world.call("POST", "/api/v1/verifications", token, json=body)
                check_verdict(answer.json, purpose if f"verify:{purpose}" in scope.split() else None)
                item = next(iter(service.domain.items))
                redeemed = {"verification": answer.json["id"], "item": item}
                refused = world.call("POST", "/api/v1/redemptions", token, json=redeemed)
                if f"redeem:{purpose}" not in scope.split():
                    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")
                answers += [answer, refused]
            for answer in answers:
                told = answer.get_data(as_text=True)
                assert not [each for each in secret if each in told], (scope, answer.request.path)
                if answer.status_code < 300:
                    assert {found[1] for found in ITEM.finditer(told)} <= {slug}, (scope, answer.request.path)


def check_verdict(verdict: Any, domain: str | None) -> None:
    """Compare each field of a verdict with what the domain's items disclose; without a domain, nothing is told."""
    if domain is None:
        assert (verdict["outcome"], verdict["reason"]) == ("refused", "out_of_scope")
        empty = {name for name, value in verdict.items() if value in (None, [])}
        assert empty == {"assurance", "card", "entitlements"}
        return
    assert verdict["outcome"] == "accepted"
    items = SERVICES[domain].domain.items
    told = {one.value for item in items.values() for one in item.discloses}
    assert set(verdict["card"]) == OF_CARD | {"principal"}
    # The holder's own card: no relation, so no principal beside it either.
    expected = (told & OF_CARD) - {"relation"}
    assert {name for name, value in verdict["card"].items() if value is not None} == expected
    assert verdict["entitlements"], "this family has something in every domain"
    plain = set.intersection(*(set(one) for one in verdict["entitlements"]))
    for one in verdict["entitlements"]:
        disclosed = {each.value for each in items[one["item"]].discloses}
        of_kin = {"relation", "birth_year"} & disclosed if one["beneficiary"] != "holder" else set()
        assert set(one) - of_kin <= plain | of_kin
        assert {"relation", "birth_year"} & set(one) == of_kin, json.dumps(one, ensure_ascii=False)
