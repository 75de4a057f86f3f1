"""The redemption arithmetic, line by line, on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from suchang.domain.errors import NotFound
from suchang.persistence.ledger_rows import sweep
from suchang.persistence.models import Card, RedemptionConflict
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import holdings, redeemed_uses
from suchang.workflows.idempotency import Answer
from tests.functional.ledger.world import World, granted

CHECKUP, CONSULT = "medical.annual_checkup", "medical.expert_consultation"
BASIC = {"package": "basic"}
RENT, BUY, LEASE = "housing.rent_subsidy", "housing.purchase_subsidy", "housing.talent_apartment"
HOME, WORK = "schooling.admission_by_home", "schooling.admission_by_workplace"
ADMISSION = {"stage": "primary", "school_code": "3201000001"}


def rent(amount: str) -> dict[str, Any]:
    """Ask for a month's rent subsidy."""
    return {"contract_number": "ZL-2026-1", "monthly_rent": "9000.00", "amount": amount}


def buy(amount: str) -> dict[str, Any]:
    """Ask for a purchase subsidy."""
    return {"contract_number": "HT-2026-1", "price": "9000000.00", "amount": amount}


def lease() -> dict[str, Any]:
    """Ask for a talent apartment."""
    return {"contract_number": "GY-2026-1", "lease_from": "2026-12-01", "lease_until": "2027-11-30"}


def refused(answer: Answer, code: str) -> dict[str, Any]:
    """Give the body of an answer that is this refusal, said in both languages."""
    assert answer.refusal == code, answer
    assert answer.body["text"]["zh"]
    assert answer.body["text"]["en"] == answer.body["detail"]
    return answer.body


# The key: subject, item, period


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


# Moment and period


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


# Quota


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


# Units and parts


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


# Reserve, confirm, release


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
    with unit_of_work(world.parts.sessions) as session:
        held = session.get_one(Card, card)
        _, during = holdings.holding_of(session, held, world.clock())
        _, after = holdings.holding_of(session, held, world.clock() + timedelta(days=7))

    assert list(during.used.values()) == [1]
    assert list(during.chosen.values()) == [LEASE]
    assert list(after.used.values()) == [0]
    assert after.chosen == {}


def test_a_sweeper_changes_nothing_but_the_books(world: World) -> None:
    person = world.new_person()
    world.redeemed(world.new_card(person), CHECKUP, BASIC, reserve=True)
    with unit_of_work(world.parts.sessions) as session:
        assert sweep(session, world.clock()) == 0
    world.clock.move(days=30)
    with unit_of_work(world.parts.sessions) as session:
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


# Card ended


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
    with unit_of_work(world.parts.sessions) as session:
        now = world.clock()
        assert redeemed_uses.release_for_card(session, world.partner, card, now, reason="fraud") == 1

    refused(world.confirm(held), "reservation_closed")
    assert world.used(person, CONSULT, "2026") == (1, 0)


# Reversal


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


# Exclusivity


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


# Dependants


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


# Once


def test_one_verification_is_redeemed_once_for_an_item_and_a_beneficiary(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    spouse = world.new_dependant(person, "spouse", date(1990, 1, 1))
    seen = world.verified(card, "medical")
    world.redeemed(card, CONSULT, {"mode": "onsite"}, verification=seen)

    refused(world.redeem(card, CONSULT, {"mode": "onsite"}, verification=seen), "already_redeemed")
    world.redeemed(card, CONSULT, {"mode": "onsite"}, verification=seen, beneficiary=spouse)
    world.redeemed(card, CHECKUP, BASIC, verification=seen)
    # With the quota gone as well, the nearer reason is told.
    refused(world.redeem(card, CHECKUP, BASIC, verification=seen), "already_redeemed")


def test_a_verification_is_good_for_ten_minutes_at_its_site(world: World) -> None:
    card = world.new_card(world.new_person())
    seen = world.verified(card, "medical")
    world.clock.move(minutes=10)
    world.redeemed(card, CHECKUP, BASIC, verification=seen)
    late = world.verified(card, "medical")
    world.clock.move(minutes=10, seconds=1)
    refused(world.redeem(card, CONSULT, {"mode": "onsite"}, verification=late), "verification_expired")
    with pytest.raises(NotFound):
        world.redeem(card, CONSULT, {"mode": "onsite"}, verification=seen, actor=world.new_partner())
    with pytest.raises(NotFound):
        world.redeem(card, RENT, rent("1.00"), verification=seen)


def test_lines_can_only_be_added_when_the_application_writes(world: World) -> None:
    use = world.redeemed(world.new_card(world.new_person()), CHECKUP, BASIC)
    for statement in ("UPDATE redemption SET units = 0", "DELETE FROM redemption"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            unit_of_work(world.parts.sessions) as session,
        ):
            session.execute(text(statement))
    assert world.reverse(use).refusal is None
