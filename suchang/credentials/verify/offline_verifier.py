"""The verifier of a desk without a network: what a hospital or a museum embeds.

Give it the issuer's keys and status lists while there is a network; it judges by them until they grow too old, and
says *unknown* of what it can't know, never *accepted*. It fetches nothing itself: ``due`` says what to fetch,
``learn_keys``, ``learn_list`` and ``learn_time`` take it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from suchang.credentials.status_list.held_lists import StatusLists
from suchang.credentials.status_list.token_status_list import StatusList, StatusListRefused, read_status_list
from suchang.credentials.token.claims import Claims
from suchang.credentials.token.holder_proof import Challenge
from suchang.credentials.verify.key_ring import KeyRing, read_jwks
from suchang.credentials.verify.offline_store import Deferred, OfflineStore
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.reasons import Outcome
from suchang.credentials.verify.status_source import Status, StatusAnswer
from suchang.credentials.verify.verdict import Verdict, moment
from suchang.credentials.verify.verifier import Verifier
from suchang.domain.clock import Clock, rfc3339, system_clock
from suchang.domain.errors import Invalid

RING_LIFE = 7 * 86_400
"""Seconds after which a ring is too old to accept by: a key may have been revoked since."""
RING_TTL = 86_400
CLOCK_SLACK = 60
"""Seconds by which the clock may be below a moment that is known to be past."""
CLOCK_OFFSET = 10
"""Seconds by which the clock may have been off at the last contact."""


class NoKeys(Invalid):
    """An offline verifier was started without any key."""

    slug = "no_keys"


@dataclass(frozen=True, slots=True)
class Due:
    """What a fetch would improve: the ring, and the addresses of lists."""

    ring: bool
    lists: tuple[str, ...]


class OfflineVerifier:
    """Verify presentations by keys and lists that were fetched before, with a store that survives the machine.

    ``jwks`` is the issuer's ``/.well-known/jwks.json`` as bytes, or a ring; ``status_lists`` are tokens as bytes;
    without ``store`` nothing outlives this object. A list that can't be trusted is left out, and ``problems`` says why.
    NoKeys or Malformed if there is nothing to verify with.
    """

    def __init__(
        self,
        jwks: bytes | KeyRing,
        status_lists: Iterable[bytes] = (),
        clock: Clock = system_clock,
        store: OfflineStore | None = None,
    ) -> None:
        self._clock = clock
        self.store = store or OfflineStore()
        self.lists = StatusLists()
        for uri, iat in self.store.newest().items():
            self.lists.expect(uri, iat)
        self.ring = _usable(jwks)
        self.problems: list[str] = []
        for token in status_lists:
            try:
                self.learn_list(token)
            except StatusListRefused as refused:
                self.problems.append(refused.detail)

    @property
    def now(self) -> int:
        """Return the present second."""
        return int(self._clock().timestamp())

    @property
    def clock_sure(self) -> bool:
        """Tell whether the clock can be believed: not below what is known to be past, not off at the last contact."""
        marks = self.store.marks()
        past, offset = marks.get("high_water", 0), marks.get("offset", 0)
        return self.now >= past - CLOCK_SLACK and abs(offset) <= CLOCK_OFFSET

    def learn_keys(self, jwks: bytes | KeyRing) -> None:
        """Take a newer ring in place of the present one, so that a revoked key is gone; NoKeys if it is empty."""
        ring = _usable(jwks)
        if (ring.as_of or 0) >= (self.ring.as_of or 0):
            self.ring = ring

    def learn_list(self, token: bytes, uri: str | None = None) -> None:
        """Take a status list, fetched from ``uri``; StatusListRefused if it can't be trusted or is an older one."""
        found = read_status_list(token, self.ring, self.now, uri=uri)
        self.lists.add(found)
        self.store.raise_newest(found.uri, found.iat)
        self.store.raise_mark("high_water", found.iat)

    def learn_time(self, server_seconds: int) -> None:
        """Take the ``Date`` of an HTTPS answer: a moment that is past, and how far this clock is off it."""
        self.store.set_mark("offset", self.now - server_seconds)
        self.store.raise_mark("high_water", server_seconds)

    def due(self) -> Due:
        """Say what to fetch: a ring older than a day, lists older than their ``ttl``."""
        now = self.now
        lists = tuple(found.uri for found in self.lists if found.is_due(now))
        return Due(now - (self.ring.as_of or 0) > RING_TTL, lists)

    def purpose(self, domain: str) -> Purpose:
        """Make the purpose of a benefit domain from the bits that the issuer published with its keys."""
        if domain not in self.ring.domains:
            known = ", ".join(self.ring.domains) or "none"
            raise Invalid(f"The issuer publishes no benefit domain {domain!r}; it publishes {known}.")
        return Purpose(domain, self.ring.domains[domain])

    def verify(
        self,
        text: str,
        purpose: Purpose | str | None = None,
        *,
        challenge: Challenge | None = None,
        remember: bool = True,
    ) -> Verdict:
        """Verify one presentation: the ten checks of ``Verifier``, and what they found is kept for the issuer.

        An accepted presentation is accepted once; accepted and unknown ones are deferred (see ``deferred``). With
        ``remember=False`` this only looks: check 10 is not asked and nothing is kept.
        """
        wanted = self.purpose(purpose) if isinstance(purpose, str) else purpose
        now = self.now
        verdict = Verifier(self.ring, self, self._clock).check(
            text,
            wanted,
            challenge=challenge,
            at=now,
            clock_sure=self.clock_sure,
            replay=self.store.accept if remember else None,
        )
        if remember and verdict.outcome is not Outcome.REFUSED:
            self.store.defer(text, None if wanted is None else wanted.domain, verdict.outcome, now)
        return verdict

    def look_up(self, claims: Claims, now: int) -> StatusAnswer:
        """Return the state of a credential as the lists say; none is valid while the ring is too old.

        A key that has left the ring takes the lists that it signed with it.
        """
        answer = self.lists.look_up(claims, now)
        held = None if claims.status is None else self.lists.get(claims.status.uri)
        if held is not None and not self._believes(held):
            return StatusAnswer(None, answer.as_of)
        if answer.status is Status.VALID and now - (self.ring.as_of or 0) > RING_LIFE:
            return StatusAnswer(None, answer.as_of)
        return answer

    def _believes(self, held: StatusList) -> bool:
        key = self.ring.find(held.issuer, held.kid)
        return key is not None and key.covers(held.iat)

    def deferred(self) -> list[tuple[Deferred, dict[str, str | None]]]:
        """Return what is to be sent to ``POST /api/v1/verifications`` (scope ``verify:offline``), each with its body.

        Call ``store.settle`` with the first of each pair when the issuer has answered.
        """
        return [
            (item, {"presentation": item.text, "purpose": item.purpose, "presented_at": rfc3339(moment(item.at))})
            for item in self.store.deferred(self.now)
        ]


def _usable(jwks: bytes | KeyRing) -> KeyRing:
    ring = read_jwks(jwks) if isinstance(jwks, bytes) else jwks
    if not ring.keys:
        raise NoKeys("There is no key to verify with; fetch /.well-known/jwks.json from the issuer once.")
    if ring.as_of is None:
        raise NoKeys("The key set doesn't say how old it is; give fetched_at, the moment when it was fetched.")
    return ring
