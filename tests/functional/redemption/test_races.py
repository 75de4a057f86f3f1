"""Many at once: the last unit goes to one, a key has one effect, nothing waits for ever."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from suchang.domain.errors import Invalid
from suchang.persistence.models import Redemption
from suchang.workflows.redemption import redeem
from suchang.workflows.runtime.idempotency import Answer, Retry
from tests.functional.redemption.asks import BASIC, BUY, CHECKUP, LEASE, RENT, buy, lease, rent
from tests.functional.redemption.world import World

CLIENTS = 16
BATCH = 100


def race(world: World, asks: list[dict[str, Any]]) -> list[Answer]:
    """Send all asks at the same moment, each on a verification of its own made beforehand."""
    start = threading.Barrier(len(asks))

    def go(ask: dict[str, Any]) -> Answer:
        start.wait(30)
        return insist(world, **ask)

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(go, asks))


def insist(world: World, card_id: str, item: str, details: dict[str, Any], **how: Any) -> Answer:
    """Redeem, again where no lock was to be had in time."""
    for _ in range(5):
        try:
            return world.redeem(card_id, item, details, **how)
        except OperationalError as error:
            # On a starved machine a lock may take longer than its timeout: a client gets 503 and asks again.
            if not isinstance(error.orig, LockNotAvailable):
                raise
    raise AssertionError("no lock was to be had in five tries")


def asked(world: World, card: str, item: str, details: dict[str, Any], **how: Any) -> dict[str, Any]:
    """Make the verification for an ask, so that the race is about the ledger alone."""
    seen = world.verified(card, item.partition(".")[0])
    return {"card_id": card, "item": item, "details": details, "verification": seen, **how}


@pytest.mark.parametrize(
    "entitlements", [6, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(14_400)])]
)
def test_the_last_unit_goes_to_one_of_sixteen(world: World, entitlements: int) -> None:
    doubled = lost = 0
    for first in range(0, entitlements, BATCH):
        cards = [world.new_card(world.new_person()) for _ in range(min(BATCH, entitlements - first))]
        # Made beforehand, so that the races are about the ledger alone.
        seen = [world.verified_often(card, "medical", CLIENTS) for card in cards]
        start = threading.Barrier(CLIENTS)

        def client(
            number: int, cards: list[str] = cards, seen: list[list[str]] = seen, start: threading.Barrier = start
        ) -> list[str | None]:
            refusals = []
            for card, verifications in zip(cards, seen, strict=True):
                start.wait(60)
                refusals.append(insist(world, card, CHECKUP, BASIC, verification=verifications[number]).refusal)
            return refusals

        with ThreadPoolExecutor(CLIENTS) as pool:
            of_clients = list(pool.map(client, range(CLIENTS)))
        for refusals in zip(*of_clients, strict=True):
            outcomes = Counter(refusals)
            doubled += outcomes[None] > 1
            lost += outcomes[None] < 1
            assert set(outcomes) == {None, "quota_exhausted"}

    assert (doubled, lost) == (0, 0)


def test_an_amount_is_never_overdrawn_when_spouses_draw_at_once(world: World) -> None:
    wife, husband = world.new_person(), world.new_person()
    cards = [world.new_card(wife, "C"), world.new_card(husband, "C")]
    world.new_dependant(wife, "spouse", date(1990, 1, 1), subject=husband)

    answers = race(world, [asked(world, cards[n % 2], RENT, rent("700.00")) for n in range(CLIENTS)])

    given = sorted(answer.body["units"] for answer in answers if answer.refusal is None)
    assert sum(given) == 600_000
    assert given == [40_000] + [70_000] * 8
    assert {answer.refusal for answer in answers} == {None, "quota_exhausted"}


def test_one_choice_is_made_when_spouses_choose_differently_at_once(world: World) -> None:
    for _ in range(4):
        wife, husband = world.new_person(), world.new_person()
        cards = [world.new_card(wife, "B"), world.new_card(husband, "B")]
        world.new_dependant(wife, "spouse", date(1990, 1, 1), subject=husband)
        # A choice that was given back leaves its row behind: nobody waits for anybody's insert then.
        world.reverse(world.redeemed(cards[0], RENT, rent("1.00")))
        world.reverse(world.redeemed(cards[1], RENT, rent("1.00")))
        asks = [
            asked(world, cards[n], item, details, reserve=reserve)
            for _ in range(3)
            for n, item, details, reserve in (
                (0, LEASE, lease(), True),
                (1, RENT, rent("10.00"), False),
                (1, BUY, buy("10.00"), True),
                (0, RENT, rent("10.00"), False),
            )
        ]

        answers = race(world, asks)

        chosen = {answer.body["item"] for answer in answers if answer.refusal is None}
        assert len(chosen) == 1
        assert {answer.refusal for answer in answers} <= {None, "excluded_by", "quota_exhausted"}


def test_an_expired_reservation_is_taken_by_one_when_many_ask_and_its_owner_confirms(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    held = world.redeemed(card, CHECKUP, BASIC, reserve=True)
    world.clock.move(days=30)
    asks = [asked(world, card, CHECKUP, BASIC) for _ in range(8)]
    start = threading.Barrier(12)

    def go(ask: dict[str, Any] | None) -> Answer:
        start.wait(30)
        return world.confirm(held) if ask is None else world.redeem(**ask)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(go, [*asks, None, None, None, None]))

    assert sorted(str(answer.refusal) for answer in answers[:8]) == ["None"] + ["quota_exhausted"] * 7
    assert {answer.refusal for answer in answers[8:]} == {"reservation_expired"}
    assert world.used(person, CHECKUP, "2026") == (1, 0)


def test_one_key_has_one_effect_and_one_answer_when_sent_a_hundred_times_at_once(world: World) -> None:
    person = world.new_person()
    card = world.new_card(person)
    seen = world.verified(card, "medical")

    def send(body: str) -> Answer:
        retry = Retry(f"partner:{world.partner.id}", "key-1", hashlib.sha256(body.encode()).digest())
        return redeem.redeem(
            world.collaborators,
            world.partner,
            verification_id=seen,
            item="medical.priority_registration",
            details={},
            retry=retry,
        )

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, ["same"] * 100))

    assert all(answer.refusal is None for answer in answers)
    assert len({answer.body["id"] for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    with Session(world.admin) as session:
        assert session.execute(select(func.count()).select_from(Redemption)).scalar_one() == 1
    with pytest.raises(Invalid) as reused:
        send("different")
    assert reused.value.code == "idempotency_key_reused"
