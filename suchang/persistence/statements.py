"""Statements that answer many questions in one round trip and one commit, without a session.

A connection here commits every statement by itself, so that looking up, deciding and logging are one round trip to the
database and one commit. Whatever needs two statements is a ``unit_of_work``.
"""

from __future__ import annotations

import os
import select
from collections import deque, namedtuple
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

import orjson
import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Engine
from sqlalchemy.orm import Session

Row = Any
"""A named tuple of the statement's columns."""

Question = Mapping[str, Any]
"""Values by name: texts, truth values, days, moments or None; ``id`` tells it from the others."""


class Statement:
    """A statement for many questions at once: it reads them from ``%(asked)s``, a JSON array of objects.

    It gives for each question one row or none; the first column is the question's ``id``.
    """

    __slots__ = ("name", "numbered", "row", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.numbered = text.replace("%(asked)s", "$1").encode()
        self.name = b"s" + sha256(self.numbered).hexdigest()[:32].encode()
        self.row: Callable[[Any], Row] | None = None


Ask = Callable[[Question], Row | None]
"""Ask a statement one question: gives its row, or none."""


def written(question: Question) -> bytes:
    """Write a question as a statement reads it."""
    return orjson.dumps(question)


def together(questions: list[bytes]) -> bytes:
    """Write questions as the array that a statement reads."""
    return b"[" + b",".join(questions) + b"]"


def in_session(session: Session, statement: Statement) -> Ask:
    """Ask in the transaction of a unit of work."""

    def ask(question: Question) -> Row | None:
        asked = together([written(question)]).decode()
        return session.connection().exec_driver_sql(statement.text, {"asked": asked}).one_or_none()

    return ask


class Line:
    """An autocommit connection of our own, with what is prepared on it.

    It speaks to libpq as the driver's cursors do, without their machinery: 229 µs of processor time a verification's
    statement, where a cursor took 294.
    """

    __slots__ = ("_prepared", "_reader", "connection")

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._prepared: set[bytes] = set()
        self._reader = Transformer(connection)

    def rows(self, statement: Statement, questions: list[bytes]) -> list[Row]:
        """Ask questions at once and read the rows; raises psycopg's errors.

        After any but an OperationalError nothing was done.
        """
        wire = self.connection.pgconn
        if statement.name not in self._prepared:
            self._checked(wire.prepare(statement.name, statement.numbered), ExecStatus.COMMAND_OK)
            self._prepared.add(statement.name)
        result = self._checked(wire.exec_prepared(statement.name, [together(questions)]), ExecStatus.TUPLES_OK)
        if statement.row is None:
            columns = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
            kind: Any = namedtuple("Row", columns)  # type: ignore[misc] # its columns are the statement's
            statement.row = kind._make
        self._reader.set_pgresult(result)
        return self._reader.load_rows(0, result.ntuples, statement.row)

    def _checked(self, result: PGresult, wanted: ExecStatus) -> PGresult:
        if result.status == wanted:
            return result
        error = error_from_result(result)
        if self.connection.closed:
            # libpq tells of a lost connection without a code; nobody knows whether the statement was committed.
            raise psycopg.OperationalError(str(error)) from error
        raise error


class Lines:
    """A stack of lines of an engine's kind; as many as were ever taken at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Line] = deque()
        self._process = os.getpid()
        self._closed = False

    def take(self) -> Line:
        """Take a line that the server has not closed; raises SQLAlchemy's OperationalError when there is none."""
        if self._process != os.getpid():
            # A fork shares the sockets of its parent; they are the parent's.
            self._idle, self._process = deque(), os.getpid()
        while True:
            try:
                line = self._idle.pop()
            except IndexError:
                return self._connect()
            if not hung_up(line.connection):
                return line
            line.connection.close()

    def give_back(self, line: Line) -> None:
        """Put a line back for whoever comes next."""
        if line.connection.closed:
            line.connection.close()
        else:
            self._idle.append(line)
        if self._closed:
            self._close_idle()

    def close(self) -> None:
        """Close the idle lines, and each of those in use when it comes back."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().connection.close()

    def _connect(self) -> Line:
        pooled = self._engine.raw_connection()
        pooled.detach()
        connection: psycopg.Connection[Any] = pooled.dbapi_connection  # type: ignore[assignment]
        connection.autocommit = True
        # One plan for all: each question has one row at most to look for in every table.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return Line(connection)


def hung_up(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether the server has closed an idle connection: something is there to read, though nothing was asked.

    It costs a system call, where asking the server costs a round trip.
    """
    return connection.closed or bool(select.select([connection.pgconn.socket], [], [], 0)[0])
