"""Checks 1 to 7 of a presentation, which ask nobody, and what is left to say once its status is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suchang.credentials.issue.signed_credentials import CREDENTIAL_TYP
from suchang.credentials.token.claims import Claims, read_claims
from suchang.credentials.token.codec import read_qr
from suchang.credentials.token.holder_proof import Challenge, read_proof
from suchang.credentials.verify.checks import (
    Run,
    check_holder,
    check_proof_header,
    check_purpose,
    check_validity,
    is_too_old,
    read_header,
    read_json,
)
from suchang.credentials.verify.key_ring import KeyRing, RingKey
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.reasons import Outcome, Reason, Refusal, Step
from suchang.credentials.verify.status_source import Status, StatusAnswer
from suchang.credentials.verify.verdict import ReplayKey, Verdict

Replay = Callable[[ReplayKey, int], bool]
"""Given a key and the present second, remember the key for good; True the first time, False ever after."""


def open_presentation(
    ring: KeyRing,
    text: str,
    purpose: Purpose | None = None,
    *,
    now: int,
    challenge: Challenge | None = None,
    clock_sure: bool = True,
) -> Opened | Verdict:
    """Make checks 1 to 7 (numbered as in ``Verifier``): an open presentation, or the refusal that ended them."""
    run = Run(now, clock_sure)
    try:
        claims = _authenticate(ring, text, challenge, run)
    except Refusal as refusal:
        return run.verdict(refusal)
    return Opened(run, claims, purpose)


def _authenticate(ring: KeyRing, text: str, challenge: Challenge | None, run: Run) -> Claims:
    # 1. Size and alphabet. 2. Unpack and inflate within the cap.
    token = read_qr(text)
    # 3. Shapes.
    header, payload = read_header(token.credential.header), read_json(token.credential.payload)
    claims = read_claims(payload)
    proof_header, proof = None, None
    if token.proof is not None:
        proof_header, proof = read_header(token.proof.header), read_proof(read_json(token.proof.payload))
    # 4. Headers, and the key that they and the still untrusted issuer name.
    key = _find_key(ring, header, claims)
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


def _find_key(ring: KeyRing, header: Mapping[str, Any], claims: Claims) -> RingKey:
    typ, kid, alg = header.get("typ"), header.get("kid"), header.get("alg")
    if len(header) != 3 or type(kid) is not str or type(alg) is not str or type(typ) is not str:
        # More than three members means jku, x5u, x5c, crit, b64, zip or something else that nobody asked for.
        raise Refusal(Step.HEADERS, Reason.MALFORMED)
    if typ != CREDENTIAL_TYP:
        raise Refusal(Step.HEADERS, Reason.UNSUPPORTED_FORMAT)
    if not ring.knows(claims.iss):
        raise Refusal(Step.HEADERS, Reason.UNKNOWN_ISSUER)
    key = ring.find(claims.iss, kid)
    if key is None or not key.covers(claims.iat):
        raise Refusal(Step.HEADERS, Reason.UNKNOWN_KEY)
    if alg != key.algorithm.name:
        raise Refusal(Step.HEADERS, Reason.UNSUPPORTED_FORMAT)
    return key


class Opened:
    """A presentation that is genuine, fresh and bound to its phone (checks 1 to 7); 8 to 10 wait for its status.

    A database can be told beforehand what each status would mean (``reason``), and look up, decide and log at once.
    """

    __slots__ = ("_objection", "_purpose", "_run", "claims")

    def __init__(self, run: Run, claims: Claims, purpose: Purpose | None) -> None:
        self.claims = claims
        self._run = run
        self._purpose = purpose
        # 9. Purpose. It asks nobody either; what it says comes after the status.
        self._objection = None if purpose is None else check_purpose(claims, purpose)

    @property
    def now(self) -> int:
        """Return the second that is judged for."""
        return self._run.now

    @property
    def replay_key(self) -> ReplayKey | None:
        """Return what may be accepted once."""
        return self._run.replay_key

    @property
    def proof_at(self) -> int | None:
        """Return the second in which the phone made its proof, or the issuer the online code."""
        return self._run.proof_at

    def conclude(self, answer: StatusAnswer, replay: Replay | None = None) -> Verdict:
        """Make the last checks, 8 to 10, on a status; may be asked for several statuses."""
        end, run = self._end(answer), self._run
        refused = end is not None and end.reason.outcome is Outcome.REFUSED
        skipped = {Step.PURPOSE} if self._purpose is None and not refused else set()
        # 10. Replay.
        if not refused and (replay is None or end is not None or run.replay_key is None):
            skipped.add(Step.REPLAY)
        elif end is None and replay is not None and run.replay_key is not None and not replay(run.replay_key, run.now):
            end = Refusal(Step.REPLAY, Reason.REPLAYED)
        return run.verdict(end, frozenset(skipped), as_of=answer.as_of)

    def reason(self, status: Status | None) -> Reason | None:
        """Return the reason that a status known this moment leads to, before replay; None for acceptance."""
        end = self._end(StatusAnswer(status, self._run.now))
        return None if end is None else end.reason

    def _end(self, answer: StatusAnswer) -> Refusal | None:
        # 8. Status.
        if answer.status is Status.INVALID:
            return Refusal(Step.STATUS, Reason.REVOKED)
        if answer.status is Status.SUSPENDED:
            return Refusal(Step.STATUS, Reason.SUSPENDED)
        doubt = self._run.doubt
        if doubt is None and answer.status is None:
            doubt = Refusal(Step.STATUS, answer.unknown)
        elif doubt is None and is_too_old(answer, self._purpose, self._run.now):
            doubt = Refusal(Step.STATUS, Reason.STATUS_UNKNOWN)
        return self._objection or doubt
