"""The holder's proof: made every 30 seconds by a key that can't leave the phone.

A KB-JWT (RFC 9901 §4.3): header ``alg, typ`` and nothing else, payload ``iat, aud, nonce, sd_hash`` and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from suchang.credentials import json_objects
from suchang.credentials.issue.signer import Signer
from suchang.credentials.token.claims import is_moment, new_nonce
from suchang.credentials.token.codec import Part, Token
from suchang.credentials.token.encoding import b64url_text
from suchang.credentials.verify.reasons import Reason, Refusal, Step

DESK = "urn:suchang:desk"
PROOF_TYP = "kb+jwt"
MAX_AGE = 50
MAX_AHEAD = 10
CHALLENGE_LIFE = 60
"""Seconds that a desk's challenge lives."""

_NONCE = re.compile(r"[A-Za-z0-9_-]{16}(?:[A-Za-z0-9_-]{5}[AQgw])?\Z")
_HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")


def partner_audience(partner: str) -> str:
    """Return the audience of a proof that answers a partner's challenge."""
    return f"urn:suchang:partner:{partner}"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a desk showed: its audience, 128 random bits in 22 characters, and the second in which it showed them."""

    audience: str
    nonce: str
    issued_at: int


@dataclass(frozen=True, slots=True)
class ProofClaims:
    """What a holder proof says."""

    iat: int
    aud: str
    nonce: str
    sd_hash: str


def credential_hash(token: Token) -> str:
    """Return ``sd_hash``: the hash of the credential as SD-JWT text (RFC 9901 §4.3.1)."""
    return b64url_text(sha256(token.credential.compact + b"~").digest())


def prove(token: Token, holder: Signer, iat: int, *, audience: str = DESK, nonce: str | None = None) -> Token:
    """Put a holder proof on a credential, as the phone does; ``nonce`` is drawn unless a desk gave one."""
    header = json_objects.write({"alg": holder.alg, "typ": PROOF_TYP})
    payload = json_objects.write(
        {"iat": iat, "aud": audience, "nonce": nonce or new_nonce(), "sd_hash": credential_hash(token)}
    )
    unsigned = Part(header, payload, b"")
    return token.with_proof(Part(header, payload, holder.sign(unsigned.signing_input)))


def read_proof(payload: dict[str, Any]) -> ProofClaims:
    """Check the shape of a proof's payload and read it; Refusal at check 3."""
    iat, aud, nonce, sd_hash = payload.get("iat"), payload.get("aud"), payload.get("nonce"), payload.get("sd_hash")
    if (
        len(payload) != 4
        or not is_moment(iat)
        or type(aud) is not str
        or not 0 < len(aud) <= 256
        or type(nonce) is not str
        or _NONCE.match(nonce) is None
        or type(sd_hash) is not str
        or _HASH.match(sd_hash) is None
    ):
        raise Refusal(Step.SHAPE, Reason.MALFORMED)
    return ProofClaims(iat, aud, nonce, sd_hash)


def check_addressed(proof: ProofClaims, challenge: Challenge | None) -> None:
    """Check audience and nonce: those of the challenge if there is one, those of any desk if there is none.

    A proof made for one mode is refused in the other.
    """
    if challenge is None:
        addressed = proof.aud == DESK and len(proof.nonce) == 16
    else:
        addressed = proof.aud == challenge.audience and len(proof.nonce) == 22 and proof.nonce == challenge.nonce
    if not addressed:
        raise Refusal(Step.HOLDER_PROOF, Reason.HOLDER_PROOF_INVALID)


def check_fresh(proof: ProofClaims, challenge: Challenge | None, now: int) -> None:
    """Check −10 ≤ age ≤ 50 seconds, so that a screenshot dies 60 seconds after it was drawn at the latest."""
    age = now - proof.iat
    if age < -MAX_AHEAD:
        raise Refusal(Step.HOLDER_PROOF, Reason.NOT_YET_VALID)
    if age > MAX_AGE or (challenge is not None and now - challenge.issued_at > CHALLENGE_LIFE):
        raise Refusal(Step.HOLDER_PROOF, Reason.STALE_PRESENTATION)
