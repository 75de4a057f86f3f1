"""Reserve, confirm, release, lapse, and what the end of a card leaves of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from suchang.persistence.ledger_rows import sweep
from suchang.persistence.models import Card
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.redemption import confirm_release_reverse, entitlement_snapshot
from tests.functional.redemption.asks import (
    BASIC,
    BUY,
    CHECKUP,
    CONSULT,
    LEASE,
    buy,
    lease,
    refused,
)
from tests.functional.redemption.world import World, granted


def test_a_reservation_counts_at_once_and_stays_in_its_period_when_confirmed_later(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    world.clock.now = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)
    assert (held["kind"], held["expires_at"]) == ("reserve", "2027-01-19T02:00:00Z")
    assert world.used(person, CHECKUP, "2026") == (0, 1)
    refused(world.redeem(card, CHECKUP, BASIC), "quota_exhausted")

    world.clock.now = datetime(2027, 1, 10, 2, 0, tzinfo=UTC)
    confirmed = granted(world.confirm(held))

    assert (confirmed["kind"], confirmed["period"], confirmed["origin"]) == ("confirm", "2026", held["id"])
    assert world.used(person, CHECKUP, "2026") == (1, 0)
    world.redeemed(card, CHECKUP, BASIC)
    refused(world.confirm(held), "reservation_closed")
    refused(world.release(held), "reservation_closed")


def test_a_reservation_is_over_at_its_instant_without_any_sweeper(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)
    world.clock.move(days=30, seconds=-1)
    refused(world.redeem(card, CHECKUP, BASIC), "quota_exhausted")

    world.clock.move(seconds=1)

    world.redeemed(card, CHECKUP, BASIC)
    assert world.used(person, CHECKUP, "2026") == (1, 0)
    refused(world.confirm(held), "reservation_expired")
    refused(world.release(held), "reservation_expired")


def test_confirming_an_expired_reservation_is_refused_and_frees_it(world: World) -> None:
    person = world.new_person()
    held = world.redeemed(world.new_card(person), CHECKUP, BASIC, reserve=True)
    world.clock.move(days=30)

    refused(world.confirm(held), "reservation_expired")

    assert world.used(person, CHECKUP, "2026") == (0, 0)


def test_what_is_shown_leaves_out_expired_reservations_before_they_are_tidied_up(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "B")
    world.redeemed(card, LEASE, lease(), reserve=True)
    with unit_of_work(world.collaborators.sessions) as session:
        held = session.get_one(Card, card)
        _, during = entitlement_snapshot.holding_of(session, held, world.clock())
        _, after = entitlement_snapshot.holding_of(session, held, world.clock() + timedelta(days=7))

    assert list(during.used.values()) == [1]
    assert list(during.chosen.values()) == [LEASE]
    assert list(after.used.values()) == [0]
    assert after.chosen == {}


def test_a_sweeper_changes_nothing_but_the_books(world: World) -> None:
    person = world.new_person()
    world.redeemed(world.new_card(person), CHECKUP, BASIC, reserve=True)
    with unit_of_work(world.collaborators.sessions) as session:
        assert sweep(session, world.clock()) == 0
    world.clock.move(days=30)
    with unit_of_work(world.collaborators.sessions) as session:
        assert sweep(session, world.clock()) == 1
        assert sweep(session, world.clock()) == 0

    assert world.used(person, CHECKUP, "2026") == (0, 0)


def test_less_may_be_confirmed_than_reserved_and_the_rest_is_released(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "C")
    held = world.redeemed(card, BUY, buy("400000.00"), reserve=True)
    refused(world.confirm(held, 40_000_001), "confirm_exceeds")

    confirmed = granted(world.confirm(held, 30_000_000))

    assert confirmed["amount"] == "300000.00"
    assert world.used(person, BUY, "life") == (30_000_000, 0)
    assert world.redeemed(card, BUY, buy("400000.00"))["amount"] == "200000.00"


def test_a_reservation_that_is_given_back_is_free_again(world: World) -> None:
    card = world.new_card(world.new_person())
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)

    released = granted(world.release(held))

    assert (released["kind"], released["units"]) == ("release", -1)
    world.redeemed(card, CHECKUP, BASIC)
    refused(world.reverse(held), "not_redeemed")


@pytest.mark.parametrize("state", ["suspended", "revoked", "expired"])
def test_nothing_new_is_granted_but_what_was_reserved_may_be_confirmed_when_the_card_has_ended(
    world: World, state: str
) -> None:
    card = world.new_card(world.new_person())
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)
    seen = world.verified(card, "medical")
    world.set_card(card, state)

    for reserve in (False, True):
        answer = world.redeem(card, CONSULT, {"mode": "onsite"}, verification=seen, reserve=reserve)
        assert refused(answer, "item_not_allowed")["reason"] == "card_not_active"
    granted(world.confirm(held))


def test_open_reservations_are_released_after_fraud(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)
    kept = world.redeemed(card, CONSULT, {"mode": "onsite"}, reserve=True)
    granted(world.confirm(kept))
    with unit_of_work(world.collaborators.sessions) as session:
        now = world.clock()
        assert confirm_release_reverse.release_for_card(session, world.partner, card, now, reason="fraud") == 1

    refused(world.confirm(held), "reservation_closed")
    assert world.used(person, CONSULT, "2026") == (1, 0)


def test_only_the_rest_is_granted_when_a_reservation_holds_part_of_the_quota(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    world.redeemed(card, BUY, buy("1500000.00"), reserve=True)

    rest = world.redeemed(card, BUY, buy("1000000.00"))

    assert rest["units"] * 3 == world.used(person, BUY, "life")[1]
    refused(world.redeem(card, BUY, buy("1.00")), "quota_exhausted")
