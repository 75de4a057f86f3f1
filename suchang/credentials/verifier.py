"""The ten checks of a presentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suchang.credentials.checks import (
    Run,
    check_holder,
    check_proof_header,
    check_purpose,
    check_validity,
    is_too_old,
    read_header,
    read_json,
)
from suchang.credentials.claims import Claims, read_claims
from suchang.credentials.codec import read_qr
from suchang.credentials.issuing import CREDENTIAL_TYP
from suchang.credentials.proof import Challenge, read_proof
from suchang.credentials.purpose import Purpose
from suchang.credentials.reasons import Reason, Refusal, Step
from suchang.credentials.ring import KeyRing, RingKey
from suchang.credentials.status import Status, StatusSource
from suchang.credentials.verdict import ReplayKey, Verdict
from suchang.domain.clock import Clock, system_clock

Replay = Callable[[ReplayKey, int], bool]
"""Given a key and the present second, remember the key for good; True the first time, False ever after."""


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
        run = Run(now, clock_sure)
        skipped = set()
        try:
            claims = self._authenticate(text, challenge, run)
            self._check_status(run, claims, purpose)
            if purpose is None:
                skipped.add(Step.PURPOSE)
            else:
                # 9. Purpose.
                check_purpose(claims, purpose)
            # 10. Replay.
            if replay is None or run.doubt is not None or run.replay_key is None:
                skipped.add(Step.REPLAY)
            elif not replay(run.replay_key, now):
                raise Refusal(Step.REPLAY, Reason.REPLAYED)
        except Refusal as refusal:
            return run.verdict(refusal, frozenset(skipped))
        return run.verdict(run.doubt, frozenset(skipped))

    def _authenticate(self, text: str, challenge: Challenge | None, run: Run) -> Claims:
        # 1. Size and alphabet. 2. Unpack and inflate within the cap.
        token = read_qr(text)
        # 3. Shapes.
        header, payload = read_header(token.credential.header), read_json(token.credential.payload)
        claims = read_claims(payload)
        proof_header, proof = None, None
        if token.proof is not None:
            proof_header, proof = read_header(token.proof.header), read_proof(read_json(token.proof.payload))
        # 4. Headers, and the key that they and the still untrusted issuer name.
        key = self._find_key(header, claims)
        if proof_header is not None:
            check_proof_header(proof_header)
        # 5. The issuer's signature.
        if not key.verify(token.credential.signing_input, token.credential.signature):
            raise Refusal(Step.SIGNATURE, Reason.BAD_SIGNATURE)
        run.claims = claims
        # 6. Type, and the time in which the credential holds.
        check_validity(run, claims)
        # 7. The holder's proof.
        check_holder(run, token, claims, proof, challenge)
        return claims

    def _find_key(self, header: Mapping[str, Any], claims: Claims) -> RingKey:
        typ, kid, alg = header.get("typ"), header.get("kid"), header.get("alg")
        if len(header) != 3 or type(kid) is not str or type(alg) is not str or type(typ) is not str:
            # More than three members means jku, x5u, x5c, crit, b64, zip or something else that nobody asked for.
            raise Refusal(Step.HEADERS, Reason.MALFORMED)
        if typ != CREDENTIAL_TYP:
            raise Refusal(Step.HEADERS, Reason.UNSUPPORTED_FORMAT)
        if not self.ring.knows(claims.iss):
            raise Refusal(Step.HEADERS, Reason.UNKNOWN_ISSUER)
        key = self.ring.find(claims.iss, kid)
        if key is None or not key.covers(claims.iat):
            raise Refusal(Step.HEADERS, Reason.UNKNOWN_KEY)
        if alg != key.algorithm.name:
            raise Refusal(Step.HEADERS, Reason.UNSUPPORTED_FORMAT)
        return key

    def _check_status(self, run: Run, claims: Claims, purpose: Purpose | None) -> None:
        # 8. Status.
        answer = self.statuses.look_up(claims, run.now)
        run.as_of = answer.as_of
        if answer.status is Status.INVALID:
            raise Refusal(Step.STATUS, Reason.REVOKED)
        if answer.status is Status.SUSPENDED:
            raise Refusal(Step.STATUS, Reason.SUSPENDED)
        if answer.status is None:
            run.note(Refusal(Step.STATUS, answer.unknown))
        elif is_too_old(answer, purpose, run.now):
            run.note(Refusal(Step.STATUS, Reason.STATUS_UNKNOWN))
