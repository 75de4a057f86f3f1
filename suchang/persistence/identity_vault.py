"""Identity numbers at rest: AES-256-GCM with the row's id as associated data, found by a keyed blind index.

The blind index is HMAC-SHA-256 over the document's type and normalised number: equal documents have equal indices, and
without the key an index says nothing, although identity numbers are few enough to enumerate.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class IdentityVault:
    """Encrypt, decrypt and index identity numbers. Keys are 32 bytes each."""

    def __init__(self, data_key: bytes, index_key: bytes) -> None:
        self._cipher = AESGCM(data_key)
        self._index_key = index_key

    def index(self, document_type: str, number: str) -> bytes:
        """Return the 32-byte blind index of a document."""
        return hmac.digest(self._index_key, f"{document_type}|{number}".encode(), hashlib.sha256)

    def encrypt(self, text: str, row_id: str) -> bytes:
        """Encrypt a text for one row: 12 bytes of nonce, then the ciphertext and its tag."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, text.encode(), row_id.encode())

    def decrypt(self, cipher: bytes, row_id: str) -> str:
        """Decrypt what ``encrypt`` made for the same row; raises InvalidTag for another row or an altered text."""
        return self._cipher.decrypt(cipher[:12], cipher[12:], row_id.encode()).decode()

    def encrypt_bytes(self, content: bytes, row_id: str) -> bytes:
        """Encrypt a file for one row, as ``encrypt`` does with a text."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, content, row_id.encode())

    def decrypt_bytes(self, cipher: bytes, row_id: str) -> bytes:
        """Decrypt what ``encrypt_bytes`` made for the same row; raises InvalidTag otherwise."""
        return self._cipher.decrypt(cipher[:12], cipher[12:], row_id.encode())
