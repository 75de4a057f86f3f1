"""Whose use it is, in which period, within which quota and unit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.persistence.models import RedemptionConflict
from tests.functional.redemption.asks import (
    ADMISSION,
    BASIC,
    CHECKUP,
    CONSULT,
    HOME,
    LEASE,
    RENT,
    WORK,
    lease,
    refused,
    rent,
)
from tests.functional.redemption.world import World


def test_use_carries_over_when_the_card_is_replaced(world: World) -> None:
    person = world.new_person()
    world.redeemed(world.new_card(person), CHECKUP, BASIC)

    renewed = world.new_card(person)

    refused(world.redeem(renewed, CHECKUP, BASIC), "quota_exhausted")
    assert world.used(person, CHECKUP, "2026") == (1, 0)


def test_two_parents_share_one_child_when_both_hold_cards(world: World) -> None:
    mother, father = world.new_person(), world.new_person()
    child = world.new_person()
    hers = world.new_dependant(mother, "child", date(2020, 5, 20), subject=child)
    his = world.new_dependant(father, "child", date(2020, 5, 20), subject=child)

    world.redeemed(world.new_card(mother), HOME, ADMISSION, beneficiary=hers)

    refused(world.redeem(world.new_card(father, "B"), HOME, ADMISSION, beneficiary=his), "quota_exhausted")
    other = world.redeem(world.new_card(father, "B"), WORK, ADMISSION, beneficiary=his)
    assert refused(other, "excluded_by")["excluded_by"] == HOME
    assert world.used(child, HOME, "stage:primary") == (1, 0)


@pytest.mark.parametrize(
    "item_period", [(CHECKUP, "2026", "2027"), ("social_insurance.topup_guidance", "2026-12", "2027-01")]
)
def test_a_new_period_begins_at_local_midnight_and_nothing_carries_over(
    world: World, item_period: tuple[str, str, str]
) -> None:
    item, old, new = item_period
    details = BASIC if item == CHECKUP else {"scheme": "pension"}
    person = world.new_person()
    card = world.new_card(person, "C")
    world.clock.now = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert world.redeemed(card, item, details)["period"] == old
    refused(world.redeem(card, item, details), "quota_exhausted")

    world.clock.move(seconds=1)

    assert world.redeemed(card, item, details)["period"] == new
    refused(world.redeem(card, item, details), "quota_exhausted")


def test_a_deferred_use_counts_when_it_was_presented_and_overdraws_into_review(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    shown = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    world.clock.now = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)

    first = world.redeemed(card, CHECKUP, BASIC, presented_at=shown)
    second = world.redeem(card, CHECKUP, BASIC, presented_at=shown)

    assert (first["period"], first["provisional"]) == ("2026", True)
    assert refused(second, "quota_exhausted")["renews_at"] == "2026-12-31T16:00:00Z"
    with Session(world.admin) as session:
        (conflict,) = session.execute(select(RedemptionConflict)).scalars()
    assert (conflict.item, conflict.reason, conflict.moment) == (CHECKUP, "quota_exhausted", shown)
    assert world.redeemed(card, CHECKUP, BASIC)["period"] == "2027"


@pytest.mark.parametrize(("minutes", "code"), [(10, "quota_exhausted"), (11, "verification_expired")])
def test_a_deferred_use_ends_in_review_when_it_arrives_late_and_its_period_is_full(
    world: World, minutes: int, code: str
) -> None:
    person = world.new_person()
    card = world.new_card(person)
    shown = world.clock()
    world.clock.move(hours=5)
    world.redeemed(card, CHECKUP, BASIC)
    seen = world.verified(card, "medical", presented_at=shown)
    world.clock.move(minutes=minutes)

    answers = [world.redeem(card, CHECKUP, BASIC, verification=seen) for _ in range(2)]

    for answer in answers:
        refused(answer, code)
    with Session(world.admin) as session:
        (conflict,) = session.execute(select(RedemptionConflict)).scalars()
    assert (conflict.verification_id, conflict.reason, conflict.moment) == (seen, code, shown)
    assert world.used(person, CHECKUP, "2026") == (1, 0)


def test_an_online_refusal_is_no_conflict_when_somebody_asks_twice(world: World) -> None:
    card = world.new_card(world.new_person())
    world.redeemed(card, CHECKUP, BASIC)
    refused(world.redeem(card, CHECKUP, BASIC), "quota_exhausted")

    with Session(world.admin) as session:
        assert session.execute(select(RedemptionConflict)).first() is None


def test_once_in_a_lifetime_is_one_key_for_ever(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "B")
    world.redeemed(card, LEASE, lease())
    world.clock.move(days=365 * 4)

    refused(world.redeem(card, LEASE, {**lease(), "lease_until": "2027-01-31"}), "quota_exhausted")


def test_a_higher_tier_counts_at_once_and_a_lower_one_takes_nothing_back(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "C")
    for _ in range(2):
        world.redeemed(card, CONSULT, {"mode": "onsite"})
    refused(world.redeem(card, CONSULT, {"mode": "onsite"}), "quota_exhausted")

    risen = world.new_card(person, "B")
    for _ in range(4):
        world.redeemed(risen, CONSULT, {"mode": "onsite"})
    refused(world.redeem(risen, CONSULT, {"mode": "onsite"}), "quota_exhausted")

    fallen = world.new_card(person, "C")
    refused(world.redeem(fallen, CONSULT, {"mode": "onsite"}), "quota_exhausted")
    assert world.used(person, CONSULT, "2026") == (6, 0)


def test_amounts_are_counted_in_fen_and_granted_in_part_when_the_item_says_so(world: World) -> None:
    card = world.new_card(world.new_person(), "B")
    first = world.redeemed(card, RENT, rent("7499.99"))
    second = world.redeemed(card, RENT, rent("20.00"))

    assert (first["units"], first["amount"]) == (749_999, "7499.99")
    assert (second["units"], second["amount"], second["asked"]) == (1, "0.01", 2_000)
    refused(world.redeem(card, RENT, rent("0.01")), "quota_exhausted")


def test_counts_are_never_granted_in_part(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "D")
    for _ in range(5):
        world.redeemed(card, "culture_sport.park", {"companions": 3})
    world.redeemed(card, "culture_sport.park", {"companions": 2})

    refused(world.redeem(card, "culture_sport.park", {"companions": 1}), "quota_exhausted")
    world.redeemed(card, "culture_sport.park", {"companions": 0})
    assert world.used(person, "culture_sport.park", "2026") == (24, 0)


def test_days_are_counted_as_days(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person, "C")
    stay = {"first_day": "2026-11-10", "last_day": "2026-11-14"}
    world.redeemed(card, "medical.recuperation", stay)

    refused(world.redeem(card, "medical.recuperation", {**stay, "last_day": "2026-11-12"}), "quota_exhausted")
    assert world.redeemed(card, "medical.recuperation", {**stay, "last_day": "2026-11-11"})["units"] == 2
    assert world.used(person, "medical.recuperation", "2026") == (7, 0)


def test_use_without_a_limit_is_logged_and_never_refused(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    for _ in range(30):
        world.redeemed(card, "medical.priority_registration")

    assert world.used(person, "medical.priority_registration", "always") == (30, 0)
