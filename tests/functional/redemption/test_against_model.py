"""Random histories of a family, played on PostgreSQL and on an obvious model that keeps a list of uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suchang.domain.redemption import RefusalReason, arithmetic, period_at
from tests.functional.redemption.asks import BUY, LEASE, RENT, buy, lease, rent
from tests.functional.redemption.world import SERVICES, World

TIER_QUOTA = {BUY: 50_000_000, RENT: 600_000, LEASE: 1}


@dataclass
class Use:
    """One use of the model: what it took, what is left of it, and until when it is only reserved."""

    person: int
    item: str
    period: str
    left: int
    original: int
    at: datetime
    expires: datetime | None = None
    outcome: str | None = None

    def counts(self, now: datetime) -> int:
        """Return the units that count at a moment."""
        if self.expires is not None and self.outcome is None:
            return self.left if now < self.expires else 0
        return self.left


@dataclass
class Model:
    """A family of two with housing, where one mode excludes the others."""

    uses: list[Use] = field(default_factory=list)

    def redeem(self, person: int, item: str, asked: int, reserve: bool, now: datetime) -> int | str:
        """Return the units granted, or the code of the refusal."""
        described = SERVICES["housing"].domain.items[item]
        period = period_at(described.period, now).key
        counted = sum(u.counts(now) for u in self.uses if (u.item, u.period) == (item, period))
        units = arithmetic.grant(TIER_QUOTA[item], counted, asked, partial=described.partial)
        if isinstance(units, RefusalReason):
            return units.value
        if any(u.item != item and u.counts(now) for u in self.uses):
            return "excluded_by"
        expires = now + described.reserve_ttl if reserve and described.reserve_ttl else None
        self.uses.append(Use(person, item, period, units, units, now, expires))
        return units

    def confirm(self, use: Use, asked: int | None, now: datetime) -> int | str:
        """Confirm a reservation."""
        if use.expires is None or use.outcome is not None:
            return "reservation_closed"
        if now >= use.expires:
            return "reservation_expired"
        kept = arithmetic.confirm(use.original, asked, use.expires, now)
        if isinstance(kept, RefusalReason):
            return kept.value
        use.outcome, use.left, use.original, use.at = "confirmed", kept, kept, now
        return kept

    def release(self, use: Use, now: datetime) -> int | str:
        """Return a reservation back."""
        if use.expires is None or use.outcome is not None:
            return "reservation_closed"
        if now >= use.expires:
            return "reservation_expired"
        use.outcome, units, use.left = "released", use.left, 0
        return -units

    def reverse(self, use: Use, asked: int | None, now: datetime) -> int | str:
        """Take a use back."""
        if use.expires is not None and use.outcome != "confirmed":
            return "not_redeemed"
        item = SERVICES["housing"].domain.items[use.item]
        units = arithmetic.reverse(
            use.original,
            use.original - use.left,
            asked,
            unit=item.unit,
            redeemed_at=use.at,
            now=now,
            window=item.reversal_window,
        )
        if isinstance(units, RefusalReason):
            return units.value
        use.left -= units
        return -units


AMOUNTS = {RENT: (1, 70_000, 250_000, 600_000), BUY: (1, 9_000_000, 30_000_000), LEASE: (1,)}
REDEEM = st.sampled_from([RENT, RENT, BUY, LEASE]).flatmap(
    lambda item: st.tuples(
        st.just("redeem"),
        st.integers(0, 1),
        st.just(item),
        st.sampled_from(AMOUNTS[item]),
        st.booleans() if item != RENT else st.just(False),
    )
)
FOLLOW = st.tuples(
    st.sampled_from(["confirm", "release", "reverse", "reverse"]),
    st.integers(0, 5),
    st.sampled_from([None, None, None, 1, 100, 70_000, 600_000]),
)
WAIT = st.tuples(st.just("wait"), st.sampled_from([1, 6, 7, 8, 24, 31]))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.one_of(REDEEM, REDEEM, FOLLOW, FOLLOW, WAIT), min_size=4, max_size=16))
def test_the_ledger_answers_like_the_model_when_a_family_lives_its_life(world: World, history: list[Any]) -> None:
    world.clock.now = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    people = [world.new_person(), world.new_person()]
    cards = [world.new_card(person, "C") for person in people]
    world.new_dependant(people[0], "spouse", date(1990, 1, 1), subject=people[1])
    model, begun = Model(), []
    details = {RENT: rent, BUY: buy, LEASE: lambda _: lease()}
    for step in history:
        now = world.clock()
        if step[0] == "wait":
            world.clock.now += timedelta(days=step[1])
        elif step[0] == "redeem":
            _, who, item, amount, reserve = step
            money = f"{amount // 100}.{amount % 100:02d}"
            expected = model.redeem(who, item, amount, reserve, now)
            if item == LEASE:
                # A lease is one unit, whatever the amount says.
                begins = (now + timedelta(days=1)).date().isoformat()
                asked = {**lease(), "lease_from": begins, "lease_until": begins}
            else:
                asked = details[item](money)
            answer = world.redeem(cards[who], item, asked, reserve=reserve)
            assert (answer.refusal or answer.body["units"]) == expected, step
            if answer.refusal is None:
                begun.append((answer.body, model.uses[-1]))
        elif begun:
            use, mirror = begun[step[1] % len(begun)]
            if step[0] == "confirm":
                expected, answer = model.confirm(mirror, step[2], now), world.confirm(use, step[2])
            elif step[0] == "release":
                expected, answer = model.release(mirror, now), world.release(use)
            else:
                expected, answer = model.reverse(mirror, step[2], now), world.reverse(use, step[2])
            assert (answer.refusal or answer.body["units"]) == expected, step
    world.reconcile()
