"""A signer whose key never leaves a PKCS#11 token: a hardware security module, or SoftHSM to try it out.

Needs the extra ``suchang-card[pkcs11]``. A process that forks opens its signer after the fork, as PKCS#11 demands.
"""

from __future__ import annotations

from hashlib import sha256
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from suchang.credentials.issue.signer import short_thumbprint
from suchang.credentials.token.algorithms import ES256
from suchang.domain.errors import Unavailable


class HsmUnavailable(Unavailable):
    """The token, its key or the library can't be used; the sentence says which."""

    slug = "hsm_unavailable"


class HsmSigner:
    """Sign ES256 with the P-256 key of a label in a token.

    ``library`` is the path of the vendor's PKCS#11 module. One session, one signature at a time; a hardware module of
    several cores wants several signers. HsmUnavailable if the module, the token or the key can't be opened.
    """

    alg = ES256.name

    def __init__(self, library: str, token_label: str, pin: str, key_label: str, kid: str = "") -> None:
        try:
            import pkcs11
            from pkcs11.util.ec import encode_ec_public_key
        except ImportError:
            raise HsmUnavailable("PKCS#11 needs python-pkcs11; install suchang-card[pkcs11].") from None
        self._mechanism = pkcs11.Mechanism.ECDSA
        self._lock = Lock()
        try:
            self._session: Any = pkcs11.lib(library).get_token(token_label=token_label).open(user_pin=pin)
            self._private: Any = self._session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=key_label)
            public: Any = self._session.get_key(pkcs11.ObjectClass.PUBLIC_KEY, label=key_label)
            point = load_der_public_key(encode_ec_public_key(public))
        except (pkcs11.PKCS11Error, RuntimeError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise HsmUnavailable(
                f"The key {key_label!r} of the token {token_label!r} can't be used: {reason}."
            ) from None
        if not isinstance(point, ec.EllipticCurvePublicKey) or not isinstance(point.curve, ec.SECP256R1):
            raise HsmUnavailable(f"The key {key_label!r} of the token {token_label!r} is not on P-256.")
        self.public = point
        self.jwk = ES256.to_jwk(point)
        self.kid = kid or short_thumbprint(self.jwk)

    def sign(self, data: bytes) -> bytes:
        """Sign; r and s of 32 bytes each, as PKCS#11 gives them."""
        with self._lock:
            # The hash is made here: many modules know only the bare mechanism.
            return bytes(self._private.sign(sha256(data).digest(), mechanism=self._mechanism))

    def close(self) -> None:
        """Close the session."""
        self._session.close()
