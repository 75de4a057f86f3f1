"""Exclusive choices, what spouses share, and dependants."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from suchang.domain.errors import NotFound
from tests.functional.redemption.asks import (
    BASIC,
    BUY,
    CHECKUP,
    CONSULT,
    LEASE,
    RENT,
    buy,
    lease,
    refused,
    rent,
)
from tests.functional.redemption.world import World, granted


def test_the_first_reserve_claims_the_choice_and_it_is_free_again_when_nothing_is_left(world: World) -> None:
    card = world.new_card(world.new_person(), "B")
    held = world.redeemed(card, LEASE, lease(), reserve=True)
    assert refused(world.redeem(card, RENT, rent("100.00")), "excluded_by")["excluded_by"] == LEASE
    granted(world.release(held))

    use = world.redeemed(card, RENT, rent("100.00"))
    refused(world.redeem(card, LEASE, lease()), "excluded_by")
    granted(world.reverse(use, 4_000))
    refused(world.redeem(card, LEASE, lease()), "excluded_by")
    granted(world.reverse(use))

    world.redeemed(card, LEASE, lease())
    refused(world.redeem(card, RENT, rent("100.00")), "excluded_by")


def test_an_expired_reservation_gives_the_choice_free(world: World) -> None:
    card = world.new_card(world.new_person(), "B")
    world.redeemed(card, LEASE, lease(), reserve=True)
    world.clock.move(days=7)

    world.redeemed(card, RENT, rent("100.00"))


def test_spouses_share_choice_and_quota_of_the_household(world: World) -> None:
    wife, husband = world.new_person(), world.new_person()
    hers, his = world.new_card(wife, "C"), world.new_card(husband, "D")
    world.new_dependant(wife, "spouse", date(1990, 1, 1), subject=husband)
    world.redeemed(his, RENT, rent("3600.00"))

    assert world.redeemed(hers, RENT, rent("6000.00"))["amount"] == "2400.00"
    refused(world.redeem(his, RENT, rent("1.00")), "quota_exhausted")
    assert refused(world.redeem(hers, BUY, buy("1.00")), "excluded_by")["excluded_by"] == RENT
    assert refused(world.redeem(his, LEASE, lease()), "excluded_by")["excluded_by"] == RENT


def test_use_before_the_marriage_counts_once_the_spouses_are_linked(world: World) -> None:
    wife, husband = world.new_person(), world.new_person()
    hers, his = world.new_card(wife, "C"), world.new_card(husband, "C")
    world.redeemed(hers, BUY, buy("300000.00"))
    world.redeemed(his, BUY, buy("100000.00"))
    world.new_dependant(husband, "spouse", date(1990, 1, 1), subject=wife)

    assert world.redeemed(his, BUY, buy("300000.00"))["amount"] == "100000.00"
    refused(world.redeem(hers, BUY, buy("1.00")), "quota_exhausted")


def test_shared_use_counts_on_the_principal_and_each_on_their_own(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "C")
    parent = world.new_dependant(person, "parent", date(1955, 1, 1))
    world.redeemed(card, CONSULT, {"mode": "remote"}, beneficiary=parent)
    world.redeemed(card, CONSULT, {"mode": "remote"})
    refused(world.redeem(card, CONSULT, {"mode": "remote"}), "quota_exhausted")

    world.redeemed(card, CHECKUP, BASIC, beneficiary=parent)
    world.redeemed(card, CHECKUP, BASIC)
    refused(world.redeem(card, CHECKUP, BASIC, beneficiary=parent), "quota_exhausted")


def test_a_child_ages_out_on_the_day_and_a_reservation_made_in_time_stands(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    child = world.new_dependant(person, "child", date(2008, 2, 29))
    world.clock.now = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    held = world.redeemed(card, CONSULT, {"mode": "onsite"}, beneficiary=child, reserve=True)

    world.clock.move(minutes=1)

    late = world.redeem(card, CONSULT, {"mode": "onsite"}, beneficiary=child)
    assert refused(late, "item_not_allowed")["reason"] == "too_old"
    granted(world.confirm(held))


def test_dependants_go_when_the_card_of_the_principal_goes(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    spouse = world.new_dependant(person, "spouse", date(1990, 1, 1))
    seen = world.verified(card, "medical", dependant=spouse)
    world.set_card(card, "revoked")

    answer = world.redeem(card, CHECKUP, BASIC, beneficiary=spouse, verification=seen)

    assert refused(answer, "item_not_allowed")["reason"] == "card_not_active"


def test_a_dependants_own_code_is_good_for_that_dependant_alone(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    spouse = world.new_dependant(person, "spouse", date(1990, 1, 1))
    parent = world.new_dependant(person, "parent", date(1955, 1, 1))
    seen = world.verified(card, "medical", dependant=spouse)

    with pytest.raises(NotFound):
        world.redeem(card, CHECKUP, BASIC, beneficiary=parent, verification=seen)
    use = world.redeemed(card, CHECKUP, BASIC, verification=seen)
    assert use["beneficiary"] == spouse
