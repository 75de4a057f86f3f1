"""The ten checks of a presentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from suchang.credentials import strict_json
from suchang.credentials.algorithms import ES256
from suchang.credentials.claims import Claims, HolderKey, read_claims
from suchang.credentials.codec import Token, read_qr
from suchang.credentials.issuing import CREDENTIAL_TYP
from suchang.credentials.proof import (
    MAX_AHEAD,
    PROOF_TYP,
    Challenge,
    ProofClaims,
    check_addressed,
    check_fresh,
    credential_hash,
    read_proof,
)
from suchang.credentials.purpose import Purpose
from suchang.credentials.reasons import Outcome, Reason, Refusal, Step
from suchang.credentials.ring import KeyRing, RingKey
from suchang.credentials.status import Status, StatusAnswer, StatusSource
from suchang.credentials.verdict import ReplayKey, Verdict, moment
from suchang.domain.clock import Clock, system_clock
from suchang.domain.vocabulary import Assurance

Replay = Callable[[ReplayKey, int], bool]
"""Given a key and the present second, remember the key for good; True the first time, False ever after."""

SKEW = 60
"""Seconds by which an issuer's clock may be ahead of the verifier's."""


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
        run = _Run(now, clock_sure)
        skipped = set()
        try:
            self._authenticate(text, challenge, run)
            self._check_status(run, purpose)
            if purpose is None:
                skipped.add(Step.PURPOSE)
            else:
                _check_purpose(run.claims, purpose)
            if replay is None or run.doubt is not None or run.replay_key is None:
                skipped.add(Step.REPLAY)
            elif not replay(run.replay_key, now):
                raise Refusal(Step.REPLAY, Reason.REPLAYED)
        except Refusal as refusal:
            return run.verdict(refusal, frozenset(skipped))
        return run.verdict(run.doubt, frozenset(skipped))

    def _authenticate(self, text: str, challenge: Challenge | None, run: _Run) -> None:
        # 1. Size and alphabet. 2. Unpack and inflate within the cap.
        token = read_qr(text)
        # 3. Shapes.
        header, payload = _read_header(token.credential.header), _read_json(token.credential.payload)
        claims = read_claims(payload)
        proof_header, proof = None, None
        if token.proof is not None:
            proof_header, proof = _read_header(token.proof.header), read_proof(_read_json(token.proof.payload))
        # 4. Headers, and the key that they and the still untrusted issuer name.
        key = self._find_key(header, claims)
        if proof_header is not None:
            _check_proof_header(proof_header)
        # 5. The issuer's signature.
        if not key.verify(token.credential.signing_input, token.credential.signature):
            raise Refusal(Step.SIGNATURE, Reason.BAD_SIGNATURE)
        run.claims = claims
        # 6. Type, and the time in which the credential holds.
        _check_validity(run, claims)
        # 7. The holder's proof.
        _check_holder(run, token, claims, proof, challenge)

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

    def _check_status(self, run: _Run, purpose: Purpose | None) -> None:
        # 8. Status.
        answer = self.statuses.look_up(run.claims, run.now)
        run.as_of = answer.as_of
        if answer.status is Status.INVALID:
            raise Refusal(Step.STATUS, Reason.REVOKED)
        if answer.status is Status.SUSPENDED:
            raise Refusal(Step.STATUS, Reason.SUSPENDED)
        if answer.status is None:
            run.note(Refusal(Step.STATUS, answer.unknown))
        elif _is_too_old(answer, purpose, run.now):
            run.note(Refusal(Step.STATUS, Reason.STATUS_UNKNOWN))


class _Run:
    """What is known so far in one run of the checks."""

    __slots__ = ("_claims", "_sure", "as_of", "doubt", "now", "proof_at", "replay_key")

    def __init__(self, now: int, clock_sure: bool) -> None:
        self.now = now
        self.as_of = now
        self.replay_key: ReplayKey | None = None
        self.proof_at: int | None = None
        self.doubt: Refusal | None = None if clock_sure else Refusal(Step.VALIDITY, Reason.CLOCK_UNSURE)
        self._claims: Claims | None = None
        self._sure = clock_sure

    @property
    def claims(self) -> Claims:
        if self._claims is None:
            raise Refusal(Step.SIGNATURE, Reason.BAD_SIGNATURE)
        return self._claims

    @claims.setter
    def claims(self, claims: Claims) -> None:
        self._claims = claims

    def note(self, doubt: Refusal) -> None:
        """Keep the first doubt and go on."""
        self.doubt = self.doubt or doubt

    def refuse_in_time(self, step: Step, reason: Reason) -> None:
        """Refuse for a reason that the clock gives, unless the clock isn't sure: that doubt is already noted."""
        if self._sure:
            raise Refusal(step, reason)

    @property
    def sure(self) -> bool:
        return self._sure

    def verdict(self, end: Refusal | None, skipped: frozenset[Step]) -> Verdict:
        reason = None if end is None else end.reason
        return Verdict(
            outcome=Outcome.ACCEPTED if reason is None else reason.outcome,
            reason=reason,
            step=None if end is None else end.step,
            as_of=moment(self.as_of),
            claims=self._claims,
            replay_key=self.replay_key,
            proof_at=None if self.proof_at is None else moment(self.proof_at),
            skipped=skipped,
        )


def _read_json(data: bytes) -> strict_json.JsonObject:
    try:
        return strict_json.read_object(data)
    except ValueError:
        raise Refusal(Step.SHAPE, Reason.MALFORMED) from None


@lru_cache(maxsize=64)
def _read_header(data: bytes) -> Mapping[str, Any]:
    # One issuer's headers are all the same, and so are all proofs'.
    return _read_json(data)


def _check_proof_header(header: Mapping[str, Any]) -> None:
    if len(header) != 2 or type(header.get("alg")) is not str or type(header.get("typ")) is not str:
        raise Refusal(Step.HEADERS, Reason.MALFORMED)
    if header["typ"] != PROOF_TYP or header["alg"] != ES256.name:
        raise Refusal(Step.HEADERS, Reason.UNSUPPORTED_FORMAT)


def _check_validity(run: _Run, claims: Claims) -> None:
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


def _check_holder(
    run: _Run, token: Token, claims: Claims, proof: ProofClaims | None, challenge: Challenge | None
) -> None:
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


def _is_too_old(answer: StatusAnswer, purpose: Purpose | None, now: int) -> bool:
    limit = None if purpose is None else purpose.max_status_age
    return limit is not None and now - answer.as_of > limit


def _check_purpose(claims: Claims, purpose: Purpose) -> None:
    # 9. Purpose.
    if not purpose.in_scope:
        raise Refusal(Step.PURPOSE, Reason.OUT_OF_SCOPE)
    if not claims.entitles(purpose.bit):
        raise Refusal(Step.PURPOSE, Reason.NOT_ENTITLED)
    if claims.assurance not in purpose.accepts:
        raise Refusal(Step.PURPOSE, Reason.HOLDER_PROOF_MISSING)
