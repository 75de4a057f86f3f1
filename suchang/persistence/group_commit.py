"""Group commit: questions that come while the database is at work go to it together with the next.

A statement costs PostgreSQL most before and after it does anything: the message, the plan's start, the commit, the
change from one program to another. Eight questions in one statement cost it 0.15 ms of processor time each, where one
alone costs 0.5. So a process asks through one line. Whoever finds it free asks at once; whoever does not waits, and the
first of those that wait asks for all of them. A question that comes alone goes alone, at once.

For those who ask nothing else changes: what a question did is committed when its answer comes, and an error is its own.
"""

from __future__ import annotations

import time
from threading import Lock

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from suchang.persistence.statements import Lines, Question, Row, Statement, written

AT_MOST = 64
"""Questions that go together; the plan is made for about as many."""


class _Waiting:
    """A question on its way, until it has its row or its error, or is to ask for all that wait."""

    __slots__ = ("error", "id", "leads", "row", "turn", "written")

    def __init__(self, question: Question) -> None:
        self.id = question["id"]
        self.written = written(question)
        self.row: Row | None = None
        self.error: Exception | None = None
        self.leads = False
        self.turn = Lock()
        self.turn.acquire()


class GroupCommit:
    """Asks a statement for all threads of a process."""

    def __init__(self, engine: Engine, statement: Statement) -> None:
        self._statement = statement
        self._lines = Lines(engine)
        self._lock = Lock()
        self._waiting: list[_Waiting] = []
        self._at_work = False
        self._crowded = False

    def ask(self, question: Question) -> Row | None:
        """Ask a question and commit what it did: gives its row, or none.

        Raises SQLAlchemy's OperationalError when the database is away, and psycopg's other errors as they are.
        """
        mine = _Waiting(question)
        with self._lock:
            self._waiting.append(mine)
            idle, self._at_work = not self._at_work, True
        if not idle:
            # Always, so that the turn is used up: the lead may have come already.
            self._wait(mine)
        if idle or mine.leads:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return mine.row

    def close(self) -> None:
        """Close the connections, each when its statement is done."""
        self._lines.close()

    def _wait(self, mine: _Waiting) -> None:
        try:
            mine.turn.acquire()
        except BaseException:
            # Interrupted. What was given to this thread meanwhile goes to the next.
            self._forget(mine)
            if mine.leads:
                self._hand_over()
            raise

    def _lead(self, mine: _Waiting) -> None:
        """Ask for all who wait, of whom this one is the first, and let the next one lead."""
        group: list[_Waiting] = []
        try:
            if self._crowded:
                # Threads that are about to ask come along: the others run while this one gives way, for a tenth of a
                # millisecond or so.
                time.sleep(0)
            with self._lock:
                group, self._waiting = self._waiting[:AT_MOST], self._waiting[AT_MOST:]
            self._crowded = len(group) > 1
            self._answer(group)
        except BaseException as error:
            self._forget(mine)
            for each in group:
                each.error = OperationalError("interrupted", None, error)
            raise
        finally:
            self._hand_over()
            for each in group:
                if each is not mine:
                    each.turn.release()

    def _forget(self, mine: _Waiting) -> None:
        with self._lock:
            self._waiting = [each for each in self._waiting if each is not mine]

    def _hand_over(self) -> None:
        with self._lock:
            self._at_work = bool(self._waiting)
            if self._at_work:
                self._waiting[0].leads = True
                self._waiting[0].turn.release()

    def _answer(self, group: list[_Waiting]) -> None:
        """Give each of a group its row or its error."""
        try:
            found = self._rows(group)
        except (OperationalError, psycopg.OperationalError) as error:
            # An exception for each: it belongs to the thread that raises it.
            for each in group:
                each.error = OperationalError(None, None, getattr(error, "orig", error))
        except psycopg.Error as error:
            if len(group) == 1:
                group[0].error = error
                return
            # One of them is at fault and nothing was done: each goes alone.
            for each in group:
                self._answer([each])
        else:
            for each in group:
                each.row = found.get(each.id)

    def _rows(self, group: list[_Waiting]) -> dict[str, Row]:
        line = self._lines.take()
        try:
            return {row[0]: row for row in line.rows(self._statement, [each.written for each in group])}
        finally:
            self._lines.give_back(line)
