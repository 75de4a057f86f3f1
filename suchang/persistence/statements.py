"""Single statements as transactions of their own, without a session: for the one path where a round trip counts.

A connection here commits every statement by itself, so that looking up, deciding and logging are one round trip to the
database and one commit. Whatever needs two statements is a ``unit_of_work``.
"""

from __future__ import annotations

import os
import re
import select
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

Row = Any
"""A named tuple of the statement's columns."""

_NAMED = re.compile(r"%\((\w+)\)s")


class Statement:
    """A statement that gives one row or none, with named values: ``%(name)s``.

    For connections of our own the values are numbered beforehand, once; the driver would do it at each call.
    """

    __slots__ = ("names", "numbered", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.names = tuple(dict.fromkeys(_NAMED.findall(text)))
        place = {name: number for number, name in enumerate(self.names, 1)}
        self.numbered = _NAMED.sub(lambda found: f"${place[found[1]]}", text).encode()


Execute = Callable[[Statement, Mapping[str, Any]], Row | None]
"""Run a statement that gives one row or none."""


class Statements:
    """A stack of autocommit connections of an engine's kind; as many as threads ever asked at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[psycopg.Connection[Row]] = deque()
        self._process = os.getpid()
        self._closed = False

    def one(self, statement: Statement, values: Mapping[str, Any]) -> Row | None:
        """Run a statement that gives one row or none, and commit it; OperationalError when the database is away."""
        connection = self._take()
        try:
            given = [values[name] for name in statement.names]
            row = connection.execute(statement.numbered, given, prepare=True).fetchone()
        except psycopg.OperationalError as error:
            raise OperationalError(None, None, error) from error
        finally:
            if connection.closed:
                connection.close()
            else:
                self._idle.append(connection)
            if self._closed:
                self._close_idle()
        return row

    def close(self) -> None:
        """Close the idle connections, and each of those in use when its statement is done."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _take(self) -> psycopg.Connection[Row]:
        if self._process != os.getpid():
            # A fork shares the sockets of its parent; they are the parent's.
            self._idle, self._process = deque(), os.getpid()
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connect()
            if not hung_up(connection):
                return connection
            connection.close()

    def _connect(self) -> psycopg.Connection[Row]:
        pooled = self._engine.raw_connection()
        pooled.detach()
        connection: psycopg.Connection[Row] = pooled.dbapi_connection  # type: ignore[assignment]
        connection.autocommit = True
        connection.row_factory = namedtuple_row
        connection.cursor_factory = psycopg.RawCursor
        # One plan for all: each has one row at most to look for in every table.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return connection


def in_session(session: Session) -> Execute:
    """Run such statements in the transaction of a unit of work."""
    return lambda statement, values: session.connection().exec_driver_sql(statement.text, dict(values)).one_or_none()


def hung_up(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether the server has closed an idle connection: something is there to read, though nothing was asked.

    It costs a system call, where asking the server costs a round trip.
    """
    return connection.closed or bool(select.select([connection.pgconn.socket], [], [], 0)[0])
