"""Private signing keys at rest: AES-256-GCM under a key-encryption key that can itself be replaced.

A sealed key is 12 bytes of nonce, then the ciphertext of its PKCS#8 form and the tag; its ``kid`` is bound to it as
associated data, so that one row's key can't be put into another's place.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from suchang.credentials.issue.signer import SoftwareSigner
from suchang.domain.errors import DomainError

_NONCE = 12


class KeyLocked(DomainError):
    """A sealed key can't be opened: its key-encryption key is not here, or it was altered."""

    slug = "key_locked"


@dataclass(frozen=True, slots=True)
class SealedKey:
    """An encrypted private key, and the name of the key-encryption key that opens it."""

    cipher: bytes
    kek_id: str


class KeyVault:
    """Seal with the current key-encryption key, open with that one or an older one. Each has 32 bytes.

    To replace it: start with the new one as ``current`` and the present one among ``older``, ``reseal`` every key that
    ``is_current`` doesn't know, then forget the older one.
    """

    def __init__(self, current: bytes, older: Iterable[bytes] = ()) -> None:
        self.current_id = kek_id(current)
        self._ciphers = {kek_id(kek): AESGCM(kek) for kek in (current, *older)}

    def seal(self, signer: SoftwareSigner) -> SealedKey:
        """Encrypt the private key of a signer."""
        private = signer.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return self._seal(private, signer.kid)

    def open(self, sealed: SealedKey, kid: str) -> SoftwareSigner:
        """Decrypt a private P-256 key as a signer; KeyLocked if that can't be done."""
        private = load_der_private_key(self._open(sealed, kid), password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise KeyLocked(f"The signing key {kid} is not one for ES256.")
        return SoftwareSigner(private, kid)

    def is_current(self, sealed: SealedKey) -> bool:
        """Tell whether a key is sealed with the current key-encryption key."""
        return sealed.kek_id == self.current_id

    def reseal(self, sealed: SealedKey, kid: str) -> SealedKey:
        """Encrypt a sealed key again, with the current key-encryption key; KeyLocked if it can't be opened."""
        return self._seal(self._open(sealed, kid), kid)

    def _seal(self, private: bytes, kid: str) -> SealedKey:
        nonce = os.urandom(_NONCE)
        cipher = self._ciphers[self.current_id].encrypt(nonce, private, kid.encode())
        return SealedKey(nonce + cipher, self.current_id)

    def _open(self, sealed: SealedKey, kid: str) -> bytes:
        cipher = self._ciphers.get(sealed.kek_id)
        if cipher is None:
            raise KeyLocked(f"The key-encryption key {sealed.kek_id}, which seals the signing key {kid}, is not here.")
        try:
            return cipher.decrypt(sealed.cipher[:_NONCE], sealed.cipher[_NONCE:], kid.encode())
        except InvalidTag:
            raise KeyLocked(f"The signing key {kid} was altered where it is stored.") from None


def kek_id(kek: bytes) -> str:
    """Name a key-encryption key of 32 random bytes without telling it."""
    if len(kek) != 32:
        raise ValueError("a key-encryption key has 32 bytes")
    return sha256(b"suchang kek " + kek).hexdigest()[:16]
