"""The ten checks of a presentation."""

from __future__ import annotations

from suchang.credentials.token.holder_proof import Challenge
from suchang.credentials.verify.key_ring import KeyRing
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.signature_and_freshness import Replay, open_presentation
from suchang.credentials.verify.status_source import StatusSource
from suchang.credentials.verify.verdict import Verdict
from suchang.domain.clock import Clock, system_clock


class Verifier:
    """Check presentations against a ring of keys and a source of statuses; a value comes back, nothing is raised.

    1. size and alphabet of the text
    2. unpack and inflate within the cap
    3. shapes: strict JSON, every member of its type
    4. headers: ``typ``, no other members; the key by (``iss``, ``kid``); the ``alg`` of that key; ``iat`` while the key
       was believed
    5. the issuer's signature
    6. ``vct`` and what it demands, ``nbf``, ``exp``
    7. the holder's proof where ``cnf`` demands it: signature, audience, nonce, ``sd_hash``, freshness
    8. status
    9. purpose: the partner's scope, the domain's bit, the kind of credential
    10. replay, where a ``replay`` is given

    A refusal ends the checks. A doubt (unknown) doesn't: what would be refused anyway is refused, and what is left is
    unknown and burns no nonce.
    """

    def __init__(self, ring: KeyRing, statuses: StatusSource, clock: Clock = system_clock) -> None:
        self.ring = ring
        self.statuses = statuses
        self._clock = clock

    def check(
        self,
        text: str,
        purpose: Purpose | None = None,
        *,
        challenge: Challenge | None = None,
        at: int | None = None,
        clock_sure: bool = True,
        replay: Replay | None = None,
    ) -> Verdict:
        """Check the text of a QR code for a purpose.

        ``at`` is the second to judge for (now, if not given); ``challenge`` what this desk showed; ``clock_sure=False``
        turns whatever depends on the clock into a doubt; ``replay`` runs last and only for what would be accepted.
        """
        now = int(self._clock().timestamp()) if at is None else at
        opened = open_presentation(self.ring, text, purpose, now=now, challenge=challenge, clock_sure=clock_sure)
        if isinstance(opened, Verdict):
            return opened
        return opened.conclude(self.statuses.look_up(opened.claims, opened.now), replay)
