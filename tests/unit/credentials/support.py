"""An issuer, a phone and a moment, made the same way each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec

from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.token.algorithms import ES256
from suchang.credentials.token.claims import (
    Claims,
    HolderKey,
    StatusRef,
    device_claims,
    new_sub,
    online_claims,
    print_claims,
)
from suchang.credentials.token.codec import Token, qr_text
from suchang.credentials.token.holder_proof import prove
from suchang.credentials.verify.key_ring import KeyRing, KeyState, RingKey
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.status_source import Status, StatusAnswer
from suchang.credentials.verify.verifier import Verifier
from suchang.domain.clock import Clock

NOW = 1_794_000_000
ISS = "https://card.suchang.example"
URI = f"{ISS}/status-lists/0"
MEDICAL = Purpose("medical", 2)


def key_of(number: int, kid: str = "") -> SoftwareSigner:
    """Return the P-256 key whose secret is this number."""
    return SoftwareSigner(ec.derive_private_key(number, ec.SECP256R1()), kid)


ISSUER = key_of(1_000_003, "k1")
PHONE = key_of(1_000_033)


def holder_key(phone: SoftwareSigner = PHONE) -> HolderKey:
    """Return a phone's public key as a credential names it."""
    return HolderKey(phone.jwk["x"], phone.jwk["y"])


def base_claims(**changes: object) -> Claims:
    """Return claims that hold for a year, for all nine domains."""
    claims = Claims(ISS, "", NOW, NOW + 365 * 86400, new_sub(), "B", "张*", 0b111111111)
    return replace(claims, **changes)  # type: ignore[arg-type]


def device_token(*, idx: int = 7, at: int = NOW, **changes: object) -> Token:
    """Issue a device credential and prove it."""
    return prove(issue(device_claims(base_claims(**changes), holder_key(), StatusRef(idx, URI)), ISSUER), PHONE, at)


def print_token(*, idx: int = 8, **changes: object) -> Token:
    """Issue a printed credential."""
    return issue(print_claims(base_claims(**changes), StatusRef(idx, URI)), ISSUER)


def online_token(*, at: int = NOW) -> Token:
    """Mint an online code."""
    return issue(online_claims(base_claims(), at), ISSUER)


def ring_of(signer: SoftwareSigner = ISSUER, **changes: object) -> KeyRing:
    """Return a ring with one active key."""
    key = RingKey(ISS, signer.kid, signer.private.public_key(), ES256, KeyState.ACTIVE, NOW - 86400)
    return KeyRing([replace(key, **changes)], issuers=[ISS], as_of=NOW)  # type: ignore[arg-type]


def clock_at(now: float) -> Clock:
    """Return a clock that stands still."""
    from datetime import UTC, datetime

    return lambda: datetime.fromtimestamp(now, UTC)


class Told:
    """A source of statuses that says what it was told, as a database does."""

    def __init__(self, status: Status | None = Status.VALID, as_of: int = NOW) -> None:
        self.answer = StatusAnswer(status, as_of)

    def look_up(self, claims: Claims, now: int) -> StatusAnswer:
        return self.answer


def verifier(status: Status | None = Status.VALID, *, now: float = NOW, ring: KeyRing | None = None) -> Verifier:
    """Return an online verifier."""
    return Verifier(ring or ring_of(), Told(status), clock_at(now))


def remembering() -> Callable[[tuple[str, str], int], bool]:
    """Return a replay check in memory."""
    seen: set[tuple[str, str]] = set()

    def remember(key: tuple[str, str], now: int) -> bool:
        if key in seen:
            return False
        seen.add(key)
        return True

    return remember


def text_of(token: Token) -> str:
    """Return the text of a token's QR code."""
    return qr_text(token)
