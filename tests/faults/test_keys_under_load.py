"""Ten desks verify without a pause, at two workers, while keys are rotated and revoked: no valid card is refused.

Each worker is an application of its own with its own copy of the ring, as two processes are; half of the codes are
minted by a worker that may have missed the rotation.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest
from sqlalchemy import select

from suchang.domain.clock import system_clock
from suchang.domain.errors import NotFound
from suchang.domain.lifecycle import CardReason
from suchang.persistence.models import Card
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.card import bulk_revocation
from suchang.workflows.credential import credentials, signing_keys
from suchang.workflows.runtime.actors import SYSTEM, HolderActor
from tests.support.world import World

pytestmark = pytest.mark.faults
DESKS = 10


@pytest.fixture
def workers(environ: dict[str, str]) -> Iterator[tuple[World, World]]:
    """Return two applications on one database, by the real clock."""
    pair = World(environ, system_clock), World(environ, system_clock)
    yield pair
    for one in pair:
        one.close()


@dataclass
class Desk:
    """One desk that verifies again and again, and writes down when it asked and what it heard."""

    worker: World
    partner: str
    code: Callable[[], str]
    heard: list[tuple[float, str]] = field(default_factory=list)

    def work(self, stop: Event) -> None:
        """Verify until told to stop."""
        client = self.worker.app.test_client(use_cookies=False)
        header = {"Authorization": f"Bearer {self.partner}"}
        while not stop.wait(0.05):
            asked = time.monotonic()
            try:
                body = {"presentation": self.code(), "purpose": "medical"}
            except NotFound:
                # No code is minted for a card that is revoked.
                return
            answer = client.post("/api/v1/verifications", json=body, headers=header)
            self.heard.append((asked, answer.json.get("reason") or answer.json.get("outcome", str(answer.status))))


def test_no_valid_card_is_refused_while_keys_turn_and_a_revoked_one_within_a_second(
    workers: tuple[World, World],
) -> None:
    first, second = workers
    token, partner = first.holder(), first.partner("medical")
    phone = first.phone(token)
    with unit_of_work(first.collaborators.sessions) as session:
        person, number = session.execute(select(Card.person_id, Card.number)).one()

    def online(worker: World) -> Callable[[], str]:
        return lambda: str(credentials.issue_online_code(worker.collaborators, HolderActor(person))["presentation"])

    codes = [lambda: phone.code(int(time.time())), online(first), online(second)]
    desks = [Desk(workers[n % 2], partner, codes[n % 3]) for n in range(DESKS)]
    stop = Event()
    threads = [Thread(target=desk.work, args=(stop,)) for desk in desks]
    for thread in threads:
        thread.start()
    try:
        for worker in (first, second, first, first):
            time.sleep(1.5)
            signing_keys.rotate(worker.collaborators, SYSTEM)
        time.sleep(1.5)
        revoked_at = time.monotonic()
        bulk_revocation.revoke(second.collaborators, SYSTEM, {1: number}, CardReason.FRAUD, "核实造假")
        done_at = time.monotonic()
        time.sleep(2)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    before = Counter(answer for desk in desks for asked, answer in desk.heard if asked < revoked_at - 1)
    after = Counter(answer for desk in desks[::3] for asked, answer in desk.heard if asked > done_at + 1)
    assert set(before) == {"accepted"}
    assert before["accepted"] >= 50
    assert set(after) == {"revoked"}
