"""Where a verifier learns whether a credential still holds: a signed list offline, the database online."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from suchang.credentials.token.claims import Claims
from suchang.credentials.verify.reasons import Reason


class Status(IntEnum):
    """The state of a credential, by its number in a status list (Token Status List §7.1)."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """A state and the second that it speaks for; or no state, and why there is none."""

    status: Status | None
    as_of: int
    unknown: Reason = Reason.STATUS_UNKNOWN


class StatusSource(Protocol):
    """Look up the state of a credential whose signature is already known to be good."""

    def look_up(self, claims: Claims, now: int) -> StatusAnswer:
        """Return the state, or an answer without one; never raises for what a credential says."""
