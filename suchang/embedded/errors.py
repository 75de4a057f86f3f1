"""What can go wrong with the embedded servers, each in one sentence."""

from __future__ import annotations

from suchang.domain.errors import Conflict, Unavailable


class EmbeddedFailure(Unavailable):
    """An embedded server can't be set up, started or reached."""

    slug = "embedded_failure"


class NotRunning(Unavailable):
    """Nobody runs the embedded servers of this folder."""

    slug = "embedded_not_running"


class AlreadyRunning(Conflict):
    """Another program runs the embedded servers of this folder."""

    slug = "embedded_already_running"
