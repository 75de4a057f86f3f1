"""One transaction per use case.

A workflow opens exactly one ``unit_of_work``; nothing else in the house commits. It commits when the block ends well,
rolls back when an exception leaves it, and refuses to nest, because a nested unit would commit its outer half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.orm import Session

SessionFactory = Callable[[], Session]

_open: ContextVar[bool] = ContextVar("unit_of_work_open", default=False)


@contextmanager
def unit_of_work(sessions: SessionFactory) -> Iterator[Session]:
    """Open a session, commit at the end, roll back on any exception.

    Raises RuntimeError when a unit of work is already open in this context: that is a fault of the program.
    """
    if _open.get():
        raise RuntimeError("a unit of work is already open: one workflow function, one transaction")
    mark = _open.set(True)
    session = sessions()
    try:
        with session.begin():
            yield session
    finally:
        session.close()
        _open.reset(mark)
