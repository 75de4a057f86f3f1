"""What another partner has and what nobody has look the same: in the answer, in the statements, in the time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, text
from werkzeug.test import EnvironBuilder, run_wsgi_app

from suchang.app import db
from suchang.domain.ids import new_id
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from tests.support.world import World

PAIRS = 20_000
CHECKUP = "medical.annual_checkup"


@dataclass(frozen=True)
class Door:
    """A route that takes an id: how a stranger asks there, and how an id is made that nobody has."""

    world: World
    stranger: str
    route: Callable[[str], tuple[str, dict[str, Any]]]
    unknown: Callable[[], str]

    def ask(self, id_: str) -> Any:
        """Ask with an id."""
        path, body = self.route(id_)
        return self.world.call("POST", path, self.stranger, json=body)

    def nanoseconds(self, id_: str) -> int:
        """Ask, and time the application alone: who writes the request remembers addresses that were asked before."""
        path, body = self.route(id_)
        headers = {"Authorization": f"Bearer {self.stranger}"}
        environ = EnvironBuilder(path, method="POST", headers=headers, json=body).get_environ()
        start = time.perf_counter_ns()
        run_wsgi_app(self.world.app, environ)
        return time.perf_counter_ns() - start


@pytest.fixture
def theirs(world: World) -> dict[str, str]:
    """Let a hospital verify, redeem and show a challenge; gives the ids of what it then has."""
    hospital = world.partner("medical", name="甲医院")
    phone = world.phone(world.holder("B"))
    nonce = world.ok("POST", "/api/v1/verifications/challenges", hospital, json={})["nonce"]
    used = world.verify(hospital, phone.code(world.second))["id"]
    body = {"verification": used, "item": CHECKUP, "reserve": True}
    redemption = world.ok("POST", "/api/v1/redemptions", hospital, json=body)["id"]
    fresh = world.verify(hospital, phone.code(world.second))["id"]
    return {"verification": fresh, "redemption": redemption, "challenge": nonce}


@pytest.fixture
def doors(world: World) -> dict[str, Door]:
    """Return the doors by the kind of id."""
    stranger = world.partner("medical", name="乙医院")
    with unit_of_work(world.collaborators.sessions) as session:
        found = session.execute(text("SELECT id FROM partner")).scalars().all()
    for partner in found:
        partners.set_partner_rate(world.collaborators, SYSTEM, partner, 10_000_000)
    shown = {"presentation": "SC1:", "purpose": "medical"}
    routes: dict[str, tuple[Callable[[str], tuple[str, dict[str, Any]]], Callable[[], str]]] = {
        "verification": (
            lambda id_: ("/api/v1/redemptions", {"verification": id_, "item": CHECKUP}),
            lambda: new_id("ver"),
        ),
        "redemption": (lambda id_: (f"/api/v1/redemptions/{id_}/confirmation", {}), lambda: new_id("red")),
        "challenge": (
            lambda id_: ("/api/v1/verifications", {**shown, "challenge": id_}),
            lambda: new_id("x")[-22:],
        ),
    }
    return {kind: Door(world, stranger, route, unknown) for kind, (route, unknown) in routes.items()}


def statements_of(world: World, ask: Callable[[], Any]) -> tuple[Any, list[tuple[str, int]]]:
    """Return the answer, and the statements that were sent for it with the number of rows that each found."""
    sent: list[tuple[str, int]] = []

    def note(_connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        sent.append((statement, cursor.rowcount))

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", note)
    try:
        return ask(), sent
    finally:
        event.remove(engine, "after_cursor_execute", note)


@pytest.mark.parametrize("kind", ["verification", "redemption", "challenge"])
def test_anothers_id_is_answered_as_an_unknown_one_by_the_same_statements(
    world: World, theirs: dict[str, str], doors: dict[str, Door], kind: str
) -> None:
    door = doors[kind]
    door.ask(door.unknown())  # the stranger's rate and the ring of keys are read at first
    known, sent = statements_of(world, lambda: door.ask(theirs[kind]))
    nobodys, sent_too = statements_of(world, lambda: door.ask(door.unknown()))

    assert (known.status_code, known.data) == (404, nobodys.data)
    assert dict(known.headers) == dict(nobodys.headers)
    assert sent == sent_too
    assert len(sent) >= 2


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", ["verification", "redemption"])
def test_the_time_of_an_answer_tells_nothing_when_the_id_is_anothers(
    world: World, theirs: dict[str, str], doors: dict[str, Door], kind: str
) -> None:
    door = doors[kind]
    for _ in range(500):
        door.ask(door.unknown())
    known, nobodys = [], []
    for _ in range(PAIRS):
        # Either first, so that neither has warmer caches.
        order = [(known, theirs[kind]), (nobodys, door.unknown())]
        random.shuffle(order)
        for times, id_ in order:
            times.append(door.nanoseconds(id_))
    auc = separation(known, nobodys)
    print(f"{kind}: AUC {auc:.4f} over {PAIRS} pairs, medians {np.median(known):.0f} and {np.median(nobodys):.0f} ns")
    assert 0.48 <= auc <= 0.52


def separation(these: list[int], those: list[int]) -> float:
    """Return the chance that one of these is greater than one of those (Mann–Whitney): 0.5 tells nothing."""
    together = np.array(these + those, dtype=np.float64)
    _, inverse, counts = np.unique(together, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[: len(these)].sum() - len(these) * (len(these) + 1) / 2) / (len(these) * len(those)))


def test_the_statistic_sees_a_difference_when_there_is_one() -> None:
    assert separation([1, 2, 3], [1, 2, 3]) == 0.5
    assert separation([4, 5], [1, 2]) == 1.0
    draw = random.Random(1)
    slow = [round(draw.gauss(1010, 20)) for _ in range(2000)]
    quick = [round(draw.gauss(1000, 20)) for _ in range(2000)]
    assert separation(slow, quick) > 0.6
