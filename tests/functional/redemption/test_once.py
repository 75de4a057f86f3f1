"""One verification, one redemption; and lines that nobody changes."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from suchang.domain.errors import Invalid, NotFound
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.redemption import redeem
from suchang.workflows.runtime.idempotency import Answer, Retry
from tests.functional.redemption.asks import (
    BASIC,
    CHECKUP,
    CONSULT,
    RENT,
    refused,
    rent,
)
from tests.functional.redemption.world import World


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
            unit_of_work(world.collaborators.sessions) as session,
        ):
            session.execute(text(statement))
    assert world.reverse(use).refusal is None


def test_a_key_gives_its_answer_for_a_day_and_is_free_after_it(world: World) -> None:
    card = world.new_card(world.new_person())
    seen = world.verified(card, "medical")

    def send(body: str) -> Answer:
        retry = Retry("partner:x", "key-1", hashlib.sha256(body.encode()).digest())
        return redeem.redeem(
            world.collaborators, world.partner, verification_id=seen, item=CHECKUP, details=BASIC, retry=retry
        )

    first = send("one")
    world.clock.move(hours=24)
    again = send("one")
    assert (again.body, again.replayed) == (first.body, True)
    with pytest.raises(Invalid):
        send("two")
    world.clock.move(seconds=1)
    assert refused(send("two"), "verification_expired")
    assert send("two").replayed
