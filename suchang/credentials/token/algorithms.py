"""Signature algorithms by their JOSE names.

A key has one algorithm and never another; a token that names a different one is refused before anything is computed.
A new algorithm is one object with these five members: the QR text leaves it 64 bytes of signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from suchang.credentials.token.encoding import b64url_decode, b64url_text


class Algorithm(Protocol):
    """Sign and verify with one algorithm, and read and write its public keys as JWK."""

    name: str

    def sign(self, private: Any, data: bytes) -> bytes:
        """Sign; 64 bytes."""

    def verify(self, public: Any, data: bytes, signature: bytes) -> bool:
        """Tell whether a signature is good; never raises for any 64 bytes."""

    def from_jwk(self, jwk: Mapping[str, Any]) -> Any:
        """Read a public key; ValueError if the JWK is not one of this algorithm."""

    def to_jwk(self, public: Any) -> dict[str, str]:
        """Write a public key as the required members of a JWK."""


class Es256:
    """ECDSA on P-256 with SHA-256 (RFC 7518 §3.4)."""

    name = "ES256"
    _scheme = ec.ECDSA(SHA256())
    _curve = ec.SECP256R1()

    def sign(self, private: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
        """Sign; r and s of 32 bytes each."""
        r, s = decode_dss_signature(private.sign(data, self._scheme))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, public: ec.EllipticCurvePublicKey, data: bytes, signature: bytes) -> bool:
        """Tell whether r and s are a signature of these bytes."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            public.verify(encode_dss_signature(r, s), data, self._scheme)
        except InvalidSignature:
            return False
        return True

    def from_jwk(self, jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
        """Read a point; ValueError unless it lies on P-256."""
        if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
            raise ValueError("not a key on P-256")
        x, y = b64url_decode(str(jwk.get("x"))), b64url_decode(str(jwk.get("y")))
        if len(x) != 32 or len(y) != 32:
            raise ValueError("coordinates of another length than 32 bytes")
        return self.from_point(x + y)

    def from_point(self, coordinates: bytes) -> ec.EllipticCurvePublicKey:
        """Read the 64 bytes of x and y; ValueError unless the point lies on P-256."""
        return ec.EllipticCurvePublicKey.from_encoded_point(self._curve, b"\x04" + coordinates)

    def to_jwk(self, public: ec.EllipticCurvePublicKey) -> dict[str, str]:
        """Write a point."""
        point = public.public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return {"kty": "EC", "crv": "P-256", "x": b64url_text(x), "y": b64url_text(y)}


ES256 = Es256()

ALGORITHMS: Mapping[str, Algorithm] = {ES256.name: ES256}
"""The algorithms of this release; rings and signers take another mapping where more are wanted."""
