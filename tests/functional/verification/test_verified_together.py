"""Verifications that go to the database together: each gets the answer that it would get alone."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from suchang.domain.account.roles import Role
from tests.conftest import StandingClock
from tests.support.databases import Database
from tests.support.served import wait_until
from tests.support.world import World

Ask = Callable[[], Any]


@pytest.fixture
def questions(world: World, clock: StandingClock) -> Callable[[], list[Ask]]:
    """Return what different partners want to know of different cards; each code is drawn when it is asked."""
    admin = world.office(Role.PARTNER_ADMIN)
    suspended_hospital = world.partner("medical", name="停用医院")
    partner = world.ok("GET", "/api/v1/partners", admin)["items"][0]["id"]
    hospital, school = world.partner("medical"), world.partner("schooling", name="学校")
    world.ok("PUT", f"/api/v1/partners/{partner}/state", admin, json={"state": "suspended"})
    parent = world.holder("B")
    phone, other = world.phone(parent), world.phone(world.holder("D", name="李想"))
    child = world.family_phone(parent, phone, world.dependant(parent))
    lost = world.holder("C", name="赵云")
    lost_phone = world.phone(lost)
    card = world.ok("GET", "/api/v1/me/card", lost)["id"]
    reason = {"because": "suspected_fraud", "reason": "举报核查"}
    world.ok("POST", f"/api/v1/cards/{card}/suspend", world.office(Role.SUPERVISOR), json=reason)

    def ask(token: str, code: Callable[[], str], purpose: str = "medical") -> Ask:
        presentation = code()

        def send() -> Any:
            answer = world.app.test_client().post(
                "/api/v1/verifications",
                json={"presentation": presentation, "purpose": purpose},
                headers={"Authorization": f"Bearer {token}"},
            )
            return answer.status_code, answer.json

        return send

    def drawn() -> list[Ask]:
        clock.move(seconds=1)
        now = world.second
        twice = phone.code(now)
        return [
            ask(hospital, lambda: twice),
            ask(hospital, lambda: twice),
            ask(hospital, lambda: other.code(now)),
            ask(school, lambda: child.code(now), "schooling"),
            ask(school, lambda: other.code(now - 1), "schooling"),
            ask(hospital, lambda: lost_phone.code(now)),
            ask(suspended_hospital, lambda: other.code(now - 2)),
            ask(hospital, lambda: other.code(now - 3), "schooling"),
            ask(hospital, lambda: "SUCHANG"),
        ]

    return drawn


def shape(answer: tuple[int, dict[str, Any]]) -> Any:
    """Return an answer without what is another each time."""
    status, body = answer
    return status, {name: value for name, value in body.items() if name not in ("id", "as_of", "instance")}


def test_each_gets_the_answer_that_it_would_get_alone(
    world: World, database: Database, questions: Callable[[], list[Ask]]
) -> None:
    alone = [shape(ask()) for ask in questions()]
    assert [status for status, _ in alone].count(200) == 8
    shared, asked = world.collaborators.verifications, questions()
    with database.connect("admin") as admin, ThreadPoolExecutor(len(asked)) as threads:
        before = admin.execute("SELECT count(*), count(DISTINCT xmin::text) FROM verification").fetchone()
        with admin.transaction():
            # The first question waits here, and the others for it.
            admin.execute("LOCK TABLE credential IN ACCESS EXCLUSIVE MODE")
            answers = [threads.submit(asked[0])]
            assert wait_until(lambda: shared._at_work, 8)
            answers += [threads.submit(ask) for ask in asked[1:]]
            assert wait_until(lambda: len(shared._waiting) == len(asked) - 1, 8)
        together = [shape(each.result(20)) for each in answers]
        after = admin.execute("SELECT count(*), count(DISTINCT xmin::text) FROM verification").fetchone()
    # Which of the two that show the same code comes first is not said.
    together[:2] = sorted(together[:2], key=lambda each: each[1]["outcome"])
    assert together == alone
    assert before is not None
    assert after is not None
    rows, commits = int(str(after[0])) - int(str(before[0])), int(str(after[1])) - int(str(before[1]))
    # The suspended client writes nothing. One who came first, all others, and the refusal of the code shown twice.
    assert (rows, commits) == (8, 3)


def test_who_sends_slowly_keeps_nobody_waiting(world: World) -> None:
    hospital = world.partner("medical")
    phone = world.phone(world.holder("B"))
    arrived, reading = threading.Event(), threading.Event()

    class Slow(io.RawIOBase):
        """A body that begins, and goes on when it is told to."""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if not reading.is_set():
                reading.set()
                buffer[:1] = b"{"
                return 1
            assert arrived.wait(30)
            return 0

    def send_slowly() -> int:
        headers = {"Authorization": f"Bearer {hospital}", "Content-Type": "application/json"}
        body = {"wsgi.input": io.BufferedReader(Slow()), "CONTENT_LENGTH": "900"}
        answer = world.app.test_client().post("/api/v1/verifications", headers=headers, environ_overrides=body)
        return answer.status_code

    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(send_slowly)
        assert reading.wait(10)
        try:
            quick = threads.submit(world.verify, hospital, phone.code(world.second))
            assert quick.result(20)["outcome"] == "accepted"
            assert not slow.done()
        finally:
            arrived.set()
        assert slow.result(20) in (400, 422)
