"""Scope by field: what a partner of each domain sees of a card, and that it sees nothing of another domain."""

from __future__ import annotations

from typing import Any

import services
from tests.support.world import World

SERVICES = services.load()


def test_a_partner_sees_of_each_domain_what_its_items_disclose_and_nothing_of_others(world: World) -> None:
    phone = world.phone(world.holder("B"))
    partner = world.partner(*SERVICES)
    for slug, service in SERVICES.items():
        told = frozenset().union(*(item.discloses for item in service.domain.items.values()))
        answer = world.call(
            "POST",
            "/api/v1/verifications",
            partner,
            json={"presentation": phone.code(world.second), "purpose": slug},
        )
        verdict: Any = answer.json
        assert verdict["outcome"] == "accepted"
        shown = {name for name, value in verdict["card"].items() if value is not None}
        assert shown == told - {"relation", "birth_year"}, slug
        assert set(verdict["card"]) == {"tier", "name", "valid_until", "relation", "principal"}
        # Schooling is for children, and this holder has none.
        seen = {one["item"].partition(".")[0] for one in verdict["entitlements"]}
        assert seen == ({slug} if slug != "schooling" else set())
        text = answer.get_data(as_text=True)
        assert "陈思远" not in text
        assert "19850412" not in text


def test_a_partner_without_the_scope_of_a_purpose_sees_no_card(world: World) -> None:
    phone = world.phone(world.holder("B"))
    hospital = world.partner("medical")
    for slug in set(SERVICES) - {"medical"}:
        verdict = world.verify(hospital, phone.code(world.second), slug)
        assert (verdict["outcome"], verdict["reason"]) == ("refused", "out_of_scope")
        assert verdict["card"] is None
        assert verdict["entitlements"] == []
