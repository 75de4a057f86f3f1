"""Group commit: questions that come while the database is at work go to it together with the next.

A statement costs PostgreSQL most before and after it does anything: the message, the plan's start, the commit, the
change from one program to another. Eight questions in one statement cost it 0.15 ms of processor time each, where one
alone costs 0.5. So a process asks through one line. Those who come while it is busy wait, and one of them asks for all.

Who is going to ask says so beforehand (``coming``): such threads make their questions up one after the other, and those
who are done wait for the others, until ``ENOUGH`` have come. Only one of them can run at a time as it is, and threads
that take turns in the middle of their work spend a good part of it on taking turns. A question that comes alone goes
alone, at once.

For those who ask nothing else changes: what a question did is committed when its answer comes, and an error is its own.
"""

from __future__ import annotations

from collections import deque
from threading import Lock

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from suchang.persistence.statements import Lines, Question, Row, Statement, written

ENOUGH = 8
"""Questions that wait for no further one, though it was announced: half of the threads work while the others ask."""

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
        self._coming = 0
        self._making_up = False
        self._turns: deque[Lock] = deque()

    def ask(self, question: Question) -> Row | None:
        """Ask a question and commit what it did: gives its row, or none.

        Raises SQLAlchemy's OperationalError when the database is away, and psycopg's other errors as they are.
        """
        return self._ask(_Waiting(question))

    def coming(self) -> Coming:
        """Announce a question, in a ``with`` that makes it up; see ``Coming``."""
        return Coming(self)

    def _ask(self, mine: _Waiting, announcement: Coming | None = None) -> Row | None:
        with self._lock:
            if announcement is not None and announcement.stands:
                self._strike(announcement)
            self._waiting.append(mine)
            leads = not self._at_work and self._is_complete()
            self._at_work |= leads
        if not leads:
            # Always, so that the turn is used up: the lead may have come already.
            self._wait(mine)
        if leads or mine.leads:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return mine.row

    def _strike(self, announcement: Coming) -> None:
        """Take an announcement off, and let the next thread make its question up."""
        announcement.stands = False
        self._coming -= 1
        if announcement.turn is not None and announcement.turn in self._turns:
            # Interrupted before it had the turn.
            self._turns.remove(announcement.turn)
            return
        self._making_up = bool(self._turns)
        if self._making_up:
            self._turns.popleft().release()

    def _is_complete(self) -> bool:
        return self._coming == 0 or len(self._waiting) >= ENOUGH

    def close(self) -> None:
        """Close the connections, each when its statement is done."""
        self._lines.close()

    def _wait(self, mine: _Waiting) -> None:
        try:
            mine.turn.acquire()
        except BaseException:
            # Interrupted. What was given to this thread meanwhile goes to the next.
            with self._lock:
                self._forget(mine)
                if mine.leads:
                    self._hand_over()
            raise

    def _lead(self, mine: _Waiting) -> None:
        """Ask for all who wait, and let one of those who came meanwhile lead."""
        group: list[_Waiting] = []
        try:
            with self._lock:
                group, self._waiting = self._waiting[:AT_MOST], self._waiting[AT_MOST:]
            self._answer(group)
        except BaseException as error:
            with self._lock:
                self._forget(mine)
            for each in group:
                each.error = OperationalError("interrupted", None, error)
            raise
        finally:
            with self._lock:
                self._hand_over()
            for each in group:
                if each is not mine:
                    each.turn.release()

    def _forget(self, mine: _Waiting) -> None:
        self._waiting = [each for each in self._waiting if each is not mine]

    def _hand_over(self) -> None:
        """Let the first of those who wait lead, if all have come; else whoever comes last will."""
        self._at_work = bool(self._waiting) and self._is_complete()
        if self._at_work:
            self._waiting[0].leads = True
            self._waiting[0].turn.release()

    def _answer(self, group: list[_Waiting]) -> None:
        """Return each of a group its row or its error."""
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


class Coming:
    """A question that is being made up: the block begins when no other thread makes one up; called with it, this asks.

    Others wait for it until it is asked, or withdrawn, or the block ends: nothing slow belongs before that: no body
    that still arrives, no transaction (but for the key ring, which is read again every five seconds). A second question
    in the block goes as if nobody had announced it.
    """

    __slots__ = ("_shared", "stands", "turn")

    def __init__(self, shared: GroupCommit) -> None:
        self._shared = shared
        self.stands = False
        self.turn: Lock | None = None

    def __enter__(self) -> Coming:
        shared = self._shared
        with shared._lock:
            shared._coming += 1
            self.stands = True
            if shared._making_up:
                self.turn = Lock()
                self.turn.acquire()
                shared._turns.append(self.turn)
            shared._making_up = True
        if self.turn is not None:
            try:
                self.turn.acquire()
            except BaseException:
                self.withdraw()
                raise
        return self

    def __call__(self, question: Question) -> Row | None:
        return self._shared._ask(_Waiting(question), self)

    def withdraw(self) -> None:
        """Say that no question comes; whoever waited for nothing else goes."""
        if not self.stands:
            return
        shared = self._shared
        with shared._lock:
            shared._strike(self)
            if not shared._at_work:
                shared._hand_over()

    def __exit__(self, *_: object) -> None:
        self.withdraw()
