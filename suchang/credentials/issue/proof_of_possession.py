"""Proof that a phone holds the private part of the key that it registers (RFC 7800 section 3, by challenge)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

POSSESSION_TYP = "suchang-device+jwt"
MAX_LENGTH = 2048


def check_possession(jwk: Mapping[str, Any], proof: str, audience: str, nonce: str) -> bool:
    """Tell whether ``proof`` is a JWT by this P-256 key (ES256) with our audience and nonce and the right ``typ``."""
    if len(proof) > MAX_LENGTH or set(jwk) != {"kty", "crv", "x", "y"}:
        return False
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        return False
    try:
        header = jwt.get_unverified_header(proof)
        key = jwt.PyJWK(dict(jwk), algorithm="ES256").key
        claims = jwt.decode(
            proof, key, algorithms=["ES256"], audience=audience, leeway=60, options={"require": ["aud", "nonce", "iat"]}
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return header.get("typ") == POSSESSION_TYP and claims.get("nonce") == nonce
