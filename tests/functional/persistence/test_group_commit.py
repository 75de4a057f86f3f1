"""Group commit: who asks together, whose answer and whose error is whose, and what is left when it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError

from suchang.persistence.group_commit import AT_MOST, ENOUGH, GroupCommit
from suchang.persistence.statements import Statement
from tests.support.databases import Database
from tests.support.served import wait_until

ONE = Statement("""
    SELECT a.id, 12 / a.number AS share, pg_current_xact_id()::text AS transaction, a.sleep AS slept
    FROM json_to_recordset(%(asked)s::json) AS a(id text, number int, sleep float), LATERAL pg_sleep(a.sleep)
    WHERE a.number < 100
""")
"""A twelfth, in how many parts; 0 is an error, from 100 on there is no row."""

KEEP = Statement("""
    INSERT INTO kept SELECT a.id, a.key FROM json_to_recordset(%(asked)s::json) AS a(id text, key text) ORDER BY a.key
    ON CONFLICT (key) DO NOTHING RETURNING id
""")
MANY = 8
SLOW = 1.0


@pytest.fixture
def engine(own_database: Database) -> Iterator[Engine]:
    made = create_engine(own_database.app_url, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def shared(engine: Engine) -> Iterator[GroupCommit]:
    made = GroupCommit(engine, ONE)
    yield made
    made.close()


def question(number: int, sleep: float = 0) -> dict[str, Any]:
    return {"id": f"{number}-{time.monotonic_ns()}-{threading.get_ident()}", "number": number, "sleep": sleep}


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    assert wait_until(what, 20)


@contextmanager
def behind_a_slow_one(shared: GroupCommit, numbers: list[int], sleep: float = 0) -> Iterator[list[Future[Any]]]:
    """Let one question occupy the line, and all others come while it does."""
    with ThreadPoolExecutor(len(numbers) + 1) as threads:
        first = threads.submit(shared.ask, question(1, SLOW))
        until(lambda: shared._at_work)
        asked = [threads.submit(shared.ask, question(number, sleep)) for number in numbers]
        until(lambda: len(shared._waiting) == len(numbers))
        yield asked
        assert first.result(20).share == 12


def test_a_question_that_comes_alone_goes_alone(shared: GroupCommit) -> None:
    rows = [shared.ask(question(number)) for number in (1, 2, 3)]
    assert [row.share for row in rows] == [12, 6, 4]
    assert len({row.transaction for row in rows}) == 3


def test_those_who_come_while_one_is_asked_go_together_and_each_gets_its_own(shared: GroupCommit) -> None:
    with behind_a_slow_one(shared, [1, 2, 3, 4, 6, 12]) as asked:
        rows = [each.result(20) for each in asked]
    assert [row.share for row in rows] == [12, 6, 4, 3, 2, 1]
    assert len({row.transaction for row in rows}) == 1


def test_who_has_no_row_gets_none_and_nobody_elses(shared: GroupCommit) -> None:
    with behind_a_slow_one(shared, [100, 2, 100]) as asked:
        assert [each.result(20) and each.result().share for each in asked] == [None, 6, None]


def test_an_error_is_its_own(shared: GroupCommit) -> None:
    with behind_a_slow_one(shared, [3, 0, 4, 0]) as asked:
        assert [asked[0].result(20).share, asked[2].result(20).share] == [4, 3]
        errors = [asked[1].exception(20), asked[3].exception(20)]
    assert [type(error) for error in errors] == [psycopg.errors.DivisionByZero] * 2
    assert errors[0] is not errors[1]


def test_more_than_go_at_once_all_get_their_answers(shared: GroupCommit) -> None:
    with behind_a_slow_one(shared, [2] * (AT_MOST + 3)) as asked:
        rows = [each.result(20) for each in asked]
    assert {row.share for row in rows} == {6}
    assert len({row.transaction for row in rows}) == 2


def test_a_lost_connection_is_everybodys_who_was_asked_through_it(shared: GroupCommit, own_database: Database) -> None:
    """Nobody knows then whether it was committed, so nobody is asked again."""
    with behind_a_slow_one(shared, [1, 2], sleep=20) as asked, own_database.connect("admin") as admin:
        until(lambda: not shared._waiting)
        time.sleep(0.1)
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app' AND datname = %s",
            [own_database.name],
        )
        errors = [each.exception(10) for each in asked]
    assert {type(error) for error in errors} == {OperationalError}
    assert errors[0] is not errors[1]
    assert shared.ask(question(4)).share == 3


def test_without_a_database_everybody_is_told_so() -> None:
    nowhere = create_engine("postgresql+psycopg://app@127.0.0.1:9/nothing", poolclass=NullPool)
    shared = GroupCommit(nowhere, ONE)
    with ThreadPoolExecutor(MANY) as threads:
        asked = [threads.submit(shared.ask, question(1)) for _ in range(MANY)]
        errors = [each.exception(20) for each in asked]
    assert {type(error) for error in errors} == {OperationalError}
    assert len({id(error) for error in errors}) == MANY


def test_who_is_interrupted_while_waiting_takes_nothing_along(shared: GroupCommit) -> None:
    """A thread that stops waiting leaves the others their turn, also when it was just given it."""

    class Interrupted(BaseException):
        pass

    with behind_a_slow_one(shared, [2, 3]) as asked:
        leaver = shared._waiting[0]

        class Lock:
            def acquire(self) -> None:
                raise Interrupted

            def release(self) -> None:
                pass

        waiting = type(leaver)(question(5))
        waiting.turn = Lock()  # type: ignore[assignment]
        with shared._lock:
            shared._waiting.append(waiting)
        with pytest.raises(Interrupted):
            shared._wait(waiting)
        assert [each.result(20).share for each in asked] == [6, 4]
    until(lambda: not shared._at_work)
    waiting.leads = True
    shared._at_work = True
    with pytest.raises(Interrupted):
        shared._wait(waiting)
    assert shared.ask(question(6)).share == 2


def test_who_is_interrupted_while_leading_leaves_the_lead_to_the_next(
    shared: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_group: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shared, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shared.ask(question(2))
    assert shared.ask(question(3)).share == 4


def test_those_who_are_done_wait_for_a_question_that_was_announced(shared: GroupCommit) -> None:
    with ThreadPoolExecutor(2) as threads, shared.coming() as ask:
        others = [threads.submit(shared.ask, question(number)) for number in (2, 3)]
        until(lambda: len(shared._waiting) == 2)
        assert not any(other.done() for other in others)
        mine = ask(question(4))
        rows = [mine, *(other.result(20) for other in others)]
    assert [row.share for row in rows] == [3, 6, 4]
    assert len({row.transaction for row in rows}) == 1


def test_when_enough_have_come_they_wait_for_no_other(shared: GroupCommit) -> None:
    with ThreadPoolExecutor(ENOUGH) as threads, shared.coming() as ask:
        others = [threads.submit(shared.ask, question(2)) for _ in range(ENOUGH)]
        rows = [other.result(20) for other in others]
        assert ask(question(4)).share == 3
    assert [row.share for row in rows] == [6] * ENOUGH
    assert len({row.transaction for row in rows}) == 1


def test_a_second_question_of_a_block_goes_alone(shared: GroupCommit) -> None:
    with shared.coming() as ask:
        assert [ask(question(2)).share, ask(question(3)).share] == [6, 4]
    assert shared._coming == 0


def test_questions_are_made_up_one_after_the_other_in_the_order_of_their_coming(shared: GroupCommit) -> None:
    order: list[int] = []

    def make_up(number: int) -> Any:
        with shared.coming() as ask:
            order.append(number)
            assert shared._making_up
            return ask(question(number)).share

    with ThreadPoolExecutor(MANY) as threads:
        with shared.coming() as ask:
            asked = []
            for number in (1, 2, 3, 4, 6):
                asked.append(threads.submit(make_up, number))
                until(lambda: len(shared._turns) == len(asked))
            assert order == []
            assert ask(question(12)).share == 1
        assert [each.result(20) for each in asked] == [12, 6, 4, 3, 2]
    assert order == [1, 2, 3, 4, 6]


def test_nobody_waits_for_who_asks_nothing_after_all(shared: GroupCommit) -> None:
    with ThreadPoolExecutor(2) as threads:

        def changes_its_mind() -> None:
            with shared.coming():
                asked.append(threads.submit(shared.ask, question(2)))
                until(lambda: len(shared._waiting) == 1)
                raise ValueError

        asked: list[Future[Any]] = []
        with pytest.raises(ValueError):  # noqa: PT011 - it is the one above
            changes_its_mind()
        assert asked[0].result(20).share == 6
        with shared.coming() as ask:
            waiting = threads.submit(shared.ask, question(3))
            until(lambda: len(shared._waiting) == 1)
            ask.withdraw()
            assert waiting.result(20).share == 4
            with shared.coming() as other:
                assert other(question(4)).share == 3


def test_nobody_waits_for_a_question_that_cannot_be_written(shared: GroupCommit) -> None:
    with pytest.raises(TypeError), shared.coming() as ask:
        ask({"id": "x", "number": object()})
    assert shared.ask(question(2)).share == 6


def test_who_is_interrupted_before_its_turn_leaves_it_to_the_next(
    shared: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupting:
        """A lock whose second taking, the wait for a turn, is interrupted."""

        def __init__(self) -> None:
            self.taken = 0

        def acquire(self) -> None:
            self.taken += 1
            if self.taken == 2:
                raise KeyboardInterrupt

        def release(self) -> None:
            pass

    begun = threading.Event()

    def make_up() -> Any:
        with shared.coming() as ask:
            begun.set()
            return ask(question(2)).share

    with ThreadPoolExecutor(1) as threads:
        with shared.coming() as ask:
            waiting = threads.submit(make_up)
            until(lambda: len(shared._turns) == 1)
            with monkeypatch.context() as patch:
                patch.setattr("suchang.persistence.group_commit.Lock", Interrupting)
                with pytest.raises(KeyboardInterrupt), shared.coming():
                    raise AssertionError("it never had its turn")
            assert not begun.wait(0.2), "another one still makes its question up"
            assert ask(question(3)).share == 4
        assert waiting.result(20) == 6
    assert (shared._coming, shared._making_up, shared._at_work) == (0, False, False)


def test_in_whatever_way_threads_ask_each_gets_its_own_and_nothing_is_left(shared: GroupCommit) -> None:
    def act(seed: int) -> tuple[int, int]:
        number = seed % 5 + 1
        if seed % 7 == 0:
            return 12 // number, shared.ask(question(number)).share
        with suppress(psycopg.errors.DivisionByZero), shared.coming() as ask:
            if seed % 11 == 0:
                ask.withdraw()
            if seed % 13 == 0:
                ask(question(0))
            if seed % 17 == 0:
                return 0, 0
            return 12 // number, ask(question(number)).share
        return 0, 0

    with ThreadPoolExecutor(2 * MANY) as threads:
        answers = [each.result(60) for each in [threads.submit(act, seed) for seed in range(1, 1501)]]
    assert [wanted for wanted, _ in answers] == [given for _, given in answers]
    assert (shared._coming, shared._making_up, shared._at_work) == (0, False, False)
    assert not shared._waiting
    assert not shared._turns


@given(st.lists(st.integers(0, 4).flatmap(lambda size: st.lists(st.sampled_from("abcd"), min_size=size)), max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_processes_keep_each_key_once_in_whatever_order_it_comes(
    own_database: Database, engine: Engine, orders: list[list[str]]
) -> None:
    """Groups of two programs that insert the same keys neither double one nor wait for each other for ever."""
    with own_database.connect("admin") as admin:
        admin.execute("DROP TABLE IF EXISTS kept")
        admin.execute("CREATE TABLE kept (id text, key text PRIMARY KEY)")
        admin.execute("GRANT SELECT, INSERT ON kept TO app")
    keys = [key for order in orders for key in order]
    if not keys:
        return
    programs = [GroupCommit(engine, KEEP) for _ in range(2)]
    with ThreadPoolExecutor(MANY) as threads:
        answers = list(
            threads.map(
                lambda each: programs[each[0] % 2].ask({"id": f"{each[0]}", "key": each[1]}), list(enumerate(keys))
            )
        )
    for program in programs:
        program.close()
    assert sum(answer is not None for answer in answers) == len(set(keys))


def connections(database: Database) -> int:
    with database.connect("admin") as admin:
        row = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND datname = %s", [database.name]
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_no_connection_is_left_when_the_application_closes_while_one_is_in_use(
    engine: Engine, own_database: Database
) -> None:
    shared = GroupCommit(engine, ONE)
    asking = threading.Thread(target=shared.ask, args=(question(1, SLOW),))
    asking.start()
    until(lambda: connections(own_database) > 0)
    shared.close()
    asking.join(20)
    until(lambda: connections(own_database) == 0)


def test_who_is_given_the_lead_before_it_waits_answers_everybody(shared: GroupCommit) -> None:
    """The turn may come between a thread's saying that it waits and its waiting."""
    real, late = shared._lock, "late"

    class Pausing:
        """The lock, after which the late thread is halted until the lead is its own."""

        def __enter__(self) -> None:
            real.acquire()

        def __exit__(self, *_: object) -> None:
            real.release()
            if threading.current_thread().name == late:
                until(lambda: not shared._waiting or shared._waiting[0].leads)

    shared._lock = Pausing()  # type: ignore[assignment]
    found: dict[str, Any] = {}

    def ask(name: str, number: int, sleep: float) -> threading.Thread:
        def keep() -> None:
            found[name] = shared.ask(question(number, sleep)).share

        thread = threading.Thread(target=keep, name=name, daemon=True)
        thread.start()
        return thread

    threads = [ask("first", 1, SLOW)]
    until(lambda: shared._at_work)
    for waiting, (name, number) in enumerate([(late, 2), ("other", 3)], 1):
        threads.append(ask(name, number, 0))
        until(lambda waiting=waiting: len(shared._waiting) == waiting)  # type: ignore[misc]
    for thread in threads:
        thread.join(20)
    assert found == {"first": 12, late: 6, "other": 4}
    assert shared.ask(question(4)).share == 3
