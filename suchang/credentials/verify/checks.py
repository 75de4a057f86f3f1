"""The single checks that the verifier makes, and what one run of them knows so far."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from suchang.credentials import json_objects
from suchang.credentials.token.algorithms import ES256
from suchang.credentials.token.claims import Claims, HolderKey
from suchang.credentials.token.codec import Token
from suchang.credentials.token.holder_proof import (
    MAX_AHEAD,
    PROOF_TYP,
    Challenge,
    ProofClaims,
    check_addressed,
    check_fresh,
    credential_hash,
)
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.reasons import Outcome, Reason, Refusal, Step
from suchang.credentials.verify.status_source import StatusAnswer
from suchang.credentials.verify.verdict import ReplayKey, Verdict, moment
from suchang.domain.vocabulary import Assurance

SKEW = 60
"""Seconds by which an issuer's clock may be ahead of the verifier's."""


class Run:
    """What one run of the checks knows so far: the moment, the claims once they are signed, the first doubt."""

    __slots__ = ("claims", "doubt", "now", "proof_at", "replay_key", "sure")

    def __init__(self, now: int, clock_sure: bool) -> None:
        self.now = now
        self.sure = clock_sure
        self.claims: Claims | None = None
        self.replay_key: ReplayKey | None = None
        self.proof_at: int | None = None
        self.doubt: Refusal | None = None if clock_sure else Refusal(Step.VALIDITY, Reason.CLOCK_UNSURE)

    def refuse_in_time(self, step: Step, reason: Reason) -> None:
        """Refuse for a reason that the clock gives, unless the clock isn't sure: that doubt is already noted."""
        if self.sure:
            raise Refusal(step, reason)

    def verdict(
        self, end: Refusal | None, skipped: frozenset[Step] = frozenset(), *, as_of: int | None = None
    ) -> Verdict:
        """Return the answer: a refusal, a doubt or, without either, acceptance; of now, unless a status was older."""
        reason = None if end is None else end.reason
        return Verdict(
            outcome=Outcome.ACCEPTED if reason is None else reason.outcome,
            reason=reason,
            step=None if end is None else end.step,
            as_of=moment(self.now if as_of is None else as_of),
            claims=self.claims,
            replay_key=self.replay_key,
            proof_at=None if self.proof_at is None else moment(self.proof_at),
            skipped=skipped,
        )


def read_json(data: bytes) -> json_objects.JsonObject:
    """Read a JSON object; Refusal at check 3."""
    try:
        return json_objects.read_object(data)
    except ValueError:
        raise Refusal(Step.SHAPE, Reason.MALFORMED) from None


@lru_cache(maxsize=64)
def read_header(data: bytes) -> Mapping[str, Any]:
    """Read a header, and keep it: one issuer's headers are all the same, and so are all proofs'."""
    return read_json(data)


def check_proof_header(header: Mapping[str, Any]) -> None:
    """Check the header of a holder proof: its two members and nothing else."""
    if len(header) != 2 or type(header.get("alg")) is not str or type(header.get("typ")) is not str:
        raise Refusal(Step.HEADERS, Reason.MALFORMED)
    if header["typ"] != PROOF_TYP or header["alg"] != ES256.name:
        raise Refusal(Step.HEADERS, Reason.UNSUPPORTED_FORMAT)


def check_validity(run: Run, claims: Claims) -> None:
    """Check 6: the type and what it demands, then the time in which the credential holds."""
    claims.check_profile()
    if claims.assurance is Assurance.ONLINE:
        # The same window as a holder proof: an online code is its own presentation.
        if claims.iat > run.now + MAX_AHEAD:
            run.refuse_in_time(Step.VALIDITY, Reason.NOT_YET_VALID)
        if claims.exp <= run.now:
            run.refuse_in_time(Step.VALIDITY, Reason.STALE_PRESENTATION)
        return
    if max(claims.iat, claims.nbf or 0) > run.now + SKEW:
        run.refuse_in_time(Step.VALIDITY, Reason.NOT_YET_VALID)
    if claims.exp <= run.now:
        run.refuse_in_time(Step.VALIDITY, Reason.EXPIRED)


def check_holder(
    run: Run, token: Token, claims: Claims, proof: ProofClaims | None, challenge: Challenge | None
) -> None:
    """Check 7: a proof where the credential names a key, none where it doesn't."""
    if claims.holder_key is None:
        if token.proof is not None:
            raise Refusal(Step.HOLDER_PROOF, Reason.MALFORMED)
        if challenge is not None:
            raise Refusal(Step.HOLDER_PROOF, Reason.HOLDER_PROOF_MISSING)
        if claims.jti is not None:
            run.replay_key, run.proof_at = ReplayKey(claims.sub, claims.jti), claims.iat
        return
    if token.proof is None or proof is None:
        raise Refusal(Step.HOLDER_PROOF, Reason.HOLDER_PROOF_MISSING)
    if not _is_signed(claims.holder_key, token.proof.signing_input, token.proof.signature):
        raise Refusal(Step.HOLDER_PROOF, Reason.HOLDER_PROOF_INVALID)
    check_addressed(proof, challenge)
    if proof.sd_hash != credential_hash(token):
        raise Refusal(Step.HOLDER_PROOF, Reason.HOLDER_PROOF_INVALID)
    run.replay_key, run.proof_at = ReplayKey(claims.sub, proof.nonce), proof.iat
    if run.sure:
        check_fresh(proof, challenge, run.now)


def _is_signed(holder_key: HolderKey, data: bytes, signature: bytes) -> bool:
    try:
        public = ES256.from_point(holder_key.coordinates)
    except ValueError:
        # A point that is not on the curve: the issuer signed nonsense.
        raise Refusal(Step.VALIDITY, Reason.MALFORMED) from None
    return ES256.verify(public, data, signature)


def is_too_old(answer: StatusAnswer, purpose: Purpose | None, now: int) -> bool:
    """Tell whether a status is older than the item allows."""
    limit = None if purpose is None else purpose.max_status_age
    return limit is not None and now - answer.as_of > limit


def check_purpose(claims: Claims, purpose: Purpose) -> Refusal | None:
    """Check 9: the partner's scope, the domain's bit, the kind of credential; None where all three fit."""
    if not purpose.in_scope:
        return Refusal(Step.PURPOSE, Reason.OUT_OF_SCOPE)
    if not claims.entitles(purpose.bit):
        return Refusal(Step.PURPOSE, Reason.NOT_ENTITLED)
    if claims.assurance not in purpose.accepts:
        return Refusal(Step.PURPOSE, Reason.HOLDER_PROOF_MISSING)
    return None
