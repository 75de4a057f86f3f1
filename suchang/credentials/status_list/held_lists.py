"""The lists that an offline verifier holds."""

from __future__ import annotations

from collections.abc import Iterator

from suchang.credentials.status_list.token_status_list import StatusList, StatusListRefused
from suchang.credentials.token.claims import Claims
from suchang.credentials.verify.reasons import Reason
from suchang.credentials.verify.status_source import StatusAnswer


class StatusLists:
    """Status lists by address, each the newest that was ever seen."""

    def __init__(self) -> None:
        self._lists: dict[str, StatusList] = {}
        self._newest: dict[str, int] = {}

    def __iter__(self) -> Iterator[StatusList]:
        return iter(tuple(self._lists.values()))

    def get(self, uri: str) -> StatusList | None:
        """Return the list of an address."""
        return self._lists.get(uri)

    def expect(self, uri: str, iat: int) -> None:
        """Remember from an earlier run that a list of this age was seen: older ones are refused."""
        self._newest[uri] = max(iat, self._newest.get(uri, 0))

    def add(self, found: StatusList) -> None:
        """Take a list that was read; StatusListRefused if a newer one of this address was seen before."""
        if found.iat < self._newest.get(found.uri, 0):
            raise StatusListRefused("A newer status list of this address was seen before this one.")
        self._lists[found.uri] = found
        self.expect(found.uri, found.iat)

    def look_up(self, claims: Claims, now: int) -> StatusAnswer:
        """Return the state of a credential as its list says; no state without a list of its issuer that is current."""
        if claims.status is None:
            return StatusAnswer(None, now, Reason.ONLINE_REQUIRED)
        found = self._lists.get(claims.status.uri)
        if found is None or found.issuer != claims.iss:
            return StatusAnswer(None, now)
        if not found.is_current(now):
            return StatusAnswer(None, found.iat)
        return StatusAnswer(found.state(claims.status.idx), found.iat)
