"""No card is issued to somebody whose labour contract is over, or ends on the very day."""

from __future__ import annotations

import pytest

from suchang.domain.account.roles import Role
from tests.support.world import QUALIFIED, World


def _decided(world: World, contract_until: str, days: int) -> tuple[int, str, str]:
    application = world.apply(world.person(), {**QUALIFIED, "contract_until": contract_until})
    world.recommend(world.office(Role.REVIEWER), application)
    world.clock.move(days=days)
    body = {"outcome": "approve", "tier": "C", "reason": "符合条件"}
    path = f"/api/v1/applications/{application}/decision"
    answer = world.call("POST", path, world.office(Role.APPROVER), json=body)
    if answer.status_code == 200 and answer.json["state"] == "second_decision":  # nothing determined this tier
        answer = world.call("POST", path, world.office(Role.APPROVER), json=body)
    return answer.status_code, answer.json.get("code", ""), answer.json.get("detail", "")


@pytest.mark.parametrize(("days", "said"), [(1, "contract ends today"), (2, "contract has ended")])
def test_issuing_is_refused_when_the_contract_ends_today_or_has_ended(world: World, days: int, said: str) -> None:
    status, code, detail = _decided(world, "2026-11-03", days)

    assert (status, code) == (409, "contract_over")
    assert said in detail


def test_a_card_is_issued_when_the_contract_ends_tomorrow(world: World) -> None:
    assert _decided(world, "2026-11-04", 1)[0] == 200
