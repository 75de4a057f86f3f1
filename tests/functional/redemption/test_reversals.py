"""What is taken back, when, and where it counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from suchang.domain.errors import NotFound
from tests.functional.redemption.asks import (
    BASIC,
    CHECKUP,
    RENT,
    refused,
    rent,
)
from tests.functional.redemption.world import World, granted


def test_a_reversal_restores_the_period_of_the_original_also_after_its_end(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    world.clock.now = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
    use = world.redeemed(card, CHECKUP, BASIC)
    world.clock.now = datetime(2027, 1, 2, 2, 0, tzinfo=UTC)
    world.redeemed(card, CHECKUP, BASIC)

    line = granted(world.reverse(use))

    assert (line["units"], line["period"], line["origin"]) == (-1, "2026", use["id"])
    assert world.used(person, CHECKUP, "2026") == (0, 0)
    assert world.used(person, CHECKUP, "2027") == (1, 0)
    refused(world.redeem(card, CHECKUP, BASIC), "quota_exhausted")
    refused(world.reverse(use), "already_reversed")


def test_a_reversal_keeps_to_its_window_and_a_desk_to_ten_minutes(world: World) -> None:
    card = world.new_card(world.new_person())
    use = world.redeemed(card, CHECKUP, BASIC)
    desk = type(world.partner)(
        world.partner.partner_id, world.partner.client_id, world.partner.site_id, world.partner.scopes, "opr_x"
    )
    world.clock.move(minutes=10)
    refused(world.reverse(use, actor=desk), "reversal_window_over")
    world.clock.move(days=6, hours=23)
    granted(world.reverse(use))
    again = world.redeemed(card, CHECKUP, BASIC)
    world.clock.move(days=7)
    refused(world.reverse(again), "reversal_window_over")


def test_amounts_are_reversed_in_parts_and_counts_whole(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "B")
    use = world.redeemed(card, RENT, rent("5000.00"))
    granted(world.reverse(use, 200_000))
    refused(world.reverse(use, 300_001), "reversal_exceeds")
    granted(world.reverse(use, 300_000))
    refused(world.reverse(use), "already_reversed")
    assert world.used(person, RENT, "2026-11") == (0, 0)

    visit = world.redeemed(card, "culture_sport.park", {"companions": 2})
    refused(world.reverse(visit, 1), "reversal_not_whole")
    granted(world.reverse(visit))


def test_a_confirmed_reservation_is_reversed_from_its_confirmation_on(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)
    refused(world.reverse(held), "not_redeemed")
    world.clock.move(days=20)
    granted(world.confirm(held))
    world.clock.move(days=6)

    granted(world.reverse(held))

    assert world.used(person, CHECKUP, "2026") == (0, 0)


def test_another_partner_finds_nothing(world: World) -> None:
    use = world.redeemed(world.new_card(world.new_person()), CHECKUP, BASIC)
    stranger = world.new_partner()

    with pytest.raises(NotFound) as known:
        world.reverse(use, actor=stranger)
    with pytest.raises(NotFound) as unknown:
        world.reverse({"id": "red_00000000000000000000000000"}, actor=stranger)
    assert (known.value.code, known.value.detail) == (unknown.value.code, unknown.value.detail)
