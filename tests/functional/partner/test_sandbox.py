"""The sandbox gives every reason, stores nothing, and never reaches a real desk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from suchang.credentials.verify.reasons import Reason
from suchang.domain.account.roles import Role
from suchang.domain.redemption import RefusalReason
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.verification.sandbox import LEDGER_REASONS
from tests.support.world import World, credit_code


def test_every_reason_can_be_tried_and_nothing_is_stored(world: World) -> None:
    made = partners.register_partner(
        world.collaborators, SYSTEM, name="软件公司", uscc=credit_code(95), domains=["medical"], sites=[]
    )
    given = partners.add_client(world.collaborators, SYSTEM, made["id"], name="test", scopes=["sandbox"])
    token = world.partner_token(given.client_id, given.secret)

    def redeem(seen: Any, item: str, **body: Any) -> Any:
        return world.call("POST", "/api/v1/redemptions", token, json={"verification": seen["id"], "item": item, **body})

    for reason in Reason:
        verdict = world.verify(token, f"SC1:SANDBOX-{reason.upper().replace('_', '-')}")
        assert (verdict["outcome"], verdict["reason"]) == (reason.outcome.value, reason.value)
        assert (verdict["card"], verdict["sandbox"]) == (None, True)
    assert world.verify(token, "SC1:SANDBOX-X")["reason"] == "malformed"
    assert world.verify(token, "SC1:ABC")["reason"] == "malformed"

    seen = world.verify(token, "SC1:SANDBOX-ACCEPTED")
    assert "medical.annual_checkup" in {one["item"] for one in seen["entitlements"]}
    use = redeem(seen, "medical.annual_checkup", details={"package": "full"})
    assert (use.status_code, use.json["units"], use.json["sandbox"]) == (201, 1, True)
    child = redeem(seen, "medical.priority_registration", beneficiary="dep_sandbox")
    assert child.status_code == 201
    rent = {"contract_number": "ZL-2026-1", "monthly_rent": "5000.00", "amount": "5000.00"}
    assert redeem(seen, "housing.rent_subsidy", details=rent).json["amount"] == "5000.00"
    assert redeem(seen, "medical.annual_checkup", details={"package": "gold"}).status_code == 422
    terms = redeem(seen, "culture_sport.stadium", details={"companions": 9})
    assert (terms.status_code, terms.json["code"]) == (409, "item_not_allowed")
    for code in LEDGER_REASONS:
        refused = redeem(world.verify(token, f"SC1:SANDBOX-{code.upper().replace('_', '-')}"), "medical.annual_checkup")
        assert (refused.status_code, refused.json["code"]) == (409, RefusalReason(code).code)
    assert redeem({"id": "ver_sandbox_refused"}, "medical.annual_checkup").status_code == 404
    with unit_of_work(world.collaborators.sessions) as session:
        for count in ("SELECT count(*) FROM verification", "SELECT count(*) FROM redemption"):
            assert session.execute(text(count)).scalar_one() == 0


def test_a_sandbox_text_is_malformed_at_a_real_desk_and_a_sandbox_client_has_no_other_scope(world: World) -> None:
    hospital = world.partner("medical")
    assert world.verify(hospital, "SC1:SANDBOX-ACCEPTED")["outcome"] == "refused"
    body = {"verification": "ver_sandbox_accepted", "item": "medical.annual_checkup"}
    assert world.call("POST", "/api/v1/redemptions", hospital, json=body).status_code == 404
    admin = world.office(Role.PARTNER_ADMIN)
    partner = world.ok("GET", "/api/v1/settlements/2026-11", hospital)["partner"]
    mixed = {"name": "x", "scopes": ["sandbox", "verify:medical"]}
    answer = world.call("POST", f"/api/v1/partners/{partner}/clients", admin, json=mixed)
    assert (answer.status_code, answer.json["code"]) == (422, "unknown_scope")  # type: ignore[index]
