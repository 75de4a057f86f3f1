"""What signs: a key in memory here, a key in a PKCS#11 token in ``pkcs11``."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from suchang.credentials import json_objects
from suchang.credentials.token.algorithms import ES256, Algorithm
from suchang.credentials.token.encoding import b64url_text


class Signer(Protocol):
    """Sign bytes with one key and its one algorithm."""

    @property
    def kid(self) -> str:
        """Name the key as in the ring."""

    @property
    def alg(self) -> str:
        """Name the algorithm as in JOSE."""

    def sign(self, data: bytes) -> bytes:
        """Sign; 64 bytes."""


class SoftwareSigner:
    """A private key in the memory of this process."""

    def __init__(self, private: Any, kid: str = "", algorithm: Algorithm = ES256) -> None:
        self._private = private
        self._algorithm = algorithm
        self.alg = algorithm.name
        self.jwk = algorithm.to_jwk(private.public_key())
        self.kid = kid or short_thumbprint(self.jwk)

    @classmethod
    def generate(cls, kid: str = "") -> SoftwareSigner:
        """Make a new P-256 key; without a name it is named by its thumbprint."""
        return cls(ec.generate_private_key(ec.SECP256R1()), kid)

    @property
    def private(self) -> Any:
        """Return the private key, for the vault that encrypts it."""
        return self._private

    def sign(self, data: bytes) -> bytes:
        """Sign; 64 bytes."""
        return self._algorithm.sign(self._private, data)


def thumbprint(jwk: dict[str, str]) -> str:
    """Return the SHA-256 thumbprint of a public key given by its required members (RFC 7638)."""
    return b64url_text(sha256(json_objects.write(dict(sorted(jwk.items())))).digest())


def short_thumbprint(jwk: dict[str, str]) -> str:
    """Name a key by the first 30 bits of its thumbprint: short in a QR code; the ring refuses two of one name."""
    return thumbprint(jwk)[:5]
