"""Key rings and status lists, good and bad."""

from __future__ import annotations

import zlib
from typing import Any

from tests.vectors.making.world import (
    ACTIVE,
    DAY,
    ENC,
    GONE,
    HOUR,
    ISS,
    ISS2,
    NEXT,
    NOW,
    ODD_IDX,
    OTHER,
    RETIRED,
    REVOKED_IDX,
    SUSPENDED_IDX,
    URI,
    URI2,
    Key,
    b64,
    compact,
    part,
)

RETIRED_FROM, RETIRED_UNTIL = HOUR - 100 * DAY + 1800, HOUR - 10 * DAY + 1800
NEXT_FROM = NOW - 1200

USUAL = [
    ACTIVE.published("k1", HOUR - 10 * DAY),
    RETIRED.published("k0", RETIRED_FROM, RETIRED_UNTIL),
    NEXT.published("k2", NEXT_FROM),
]
RINGS: dict[str, dict[str, Any]] = {
    "usual": {ISS: {"keys": USUAL}},
    "two_issuers": {
        ISS: {"keys": [ACTIVE.published("k1", HOUR - 10 * DAY)]},
        ISS2: {"keys": [OTHER.published("k1", HOUR - 10 * DAY)]},
    },
    "with_encryption_key": {ISS: {"keys": [*USUAL, ENC.published("enc", 0, use="enc")]}},
    "with_other_kinds": {
        ISS: {
            "keys": [
                {"kty": "oct", "kid": "sym", "k": "AAAA", "alg": "HS256"},
                {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB", "alg": "RS256", "use": "sig"},
                {**ENC.jwk, "kid": "enc", "use": "sig", "nbf": 0},
                *USUAL,
            ]
        }
    },
}

BROKEN_RINGS: list[dict[str, Any]] = [
    {"name": "private-key", "jwks": {"keys": [{**USUAL[0], "d": b64((5).to_bytes(32))}]}},
    {"name": "same-kid-twice", "jwks": {"keys": [USUAL[0], {**USUAL[1], "kid": "k1"}]}},
    {"name": "key-is-no-object", "jwks": {"keys": ["k1"]}},
    {"name": "keys-missing", "jwks": {}},
    {"name": "keys-no-array", "jwks": {"keys": {"k1": USUAL[0]}}},
    {"name": "nbf-text", "jwks": {"keys": [{**USUAL[0], "nbf": "0"}]}},
    {"name": "exp-text", "jwks": {"keys": [{**USUAL[0], "exp": "0"}]}},
    {"name": "off-curve", "jwks": {"keys": [{**USUAL[0], "y": b64((1).to_bytes(32))}]}},
    {"name": "short-coordinate", "jwks": {"keys": [{**USUAL[0], "x": "AQ"}]}},
    {"name": "padded-coordinate", "jwks": {"keys": [{**USUAL[0], "x": USUAL[0]["x"] + "="}]}},
    {"name": "other-curve", "jwks": {"keys": [{**USUAL[0], "crv": "P-384"}]}},
    {"name": "age-text", "jwks": {"iat": "now", "keys": USUAL}},
]


def entries(length: int = 1 << 18, **states: int) -> bytes:
    packed = bytearray(length)
    usual = {REVOKED_IDX: 1, SUSPENDED_IDX: 2, ODD_IDX: 3}
    for idx, state in {**usual, **{int(name[1:]): state for name, state in states.items()}}.items():
        packed[idx // 4] |= state << idx % 4 * 2
    return bytes(packed)


def listed(
    *,
    uri: str = URI,
    key: Key = ACTIVE,
    header: dict[str, Any] | None = None,
    lst: bytes | None = None,
    bits: int = 2,
    fetched: str | None = None,
    drop: str = "",
    **changes: Any,
) -> dict[str, str]:
    """Sign a list; ``fetched`` is the address that it is said to come from."""
    zipped = zlib.compress(entries(), 9) if lst is None else lst
    body = {
        "sub": uri,
        "iat": NOW - 600,
        "exp": NOW - 600 + DAY,
        "ttl": 3600,
        "status_list": {"bits": bits, "lst": b64(zipped)},
        **changes,
    }
    body.pop(drop, None)
    head = {"alg": "ES256", "kid": "k1", "typ": "statuslist+jwt", **(header or {})}
    return {"uri": fetched or uri, "token": compact(part(head, body, key))}


LISTS: dict[str, dict[str, str]] = {
    "usual": listed(),
    "second_issuer": listed(uri=URI2, key=OTHER),
    "after_ttl": listed(iat=NOW - 7200, exp=NOW - 7200 + DAY),
    "last_second": listed(iat=NOW - DAY + 1, exp=NOW + 1),
    "expired": listed(iat=NOW - DAY, exp=NOW),
    "expired_long_ago": listed(iat=NOW - 3 * DAY, exp=NOW - 2 * DAY),
    "ahead_60": listed(iat=NOW + 60, exp=NOW + DAY),
    "ahead_61": listed(iat=NOW + 61, exp=NOW + DAY),
    "newer_revoked": listed(iat=NOW - 60, exp=NOW + DAY, lst=zlib.compress(entries(_7=1), 9)),
    "by_retired_in_time": listed(key=RETIRED, header={"kid": "k0"}, iat=RETIRED_UNTIL, exp=NOW + DAY),
    "by_retired_too_late": listed(key=RETIRED, header={"kid": "k0"}),
    "by_revoked": listed(key=GONE, header={"kid": "kx"}),
    "by_stranger": listed(key=GONE),
    "by_other_issuer": listed(key=OTHER, iss=ISS2),
    "typ_jwt": listed(header={"typ": "JWT"}),
    "typ_credential": listed(header={"typ": "dc+sd-jwt"}),
    "alg_none": listed(header={"alg": "none"}),
    "with_jku": listed(header={"jku": f"{ISS}/keys"}),
    "one_bit": listed(bits=1),
    "bits_text": listed(status_list={"bits": "2", "lst": b64(zlib.compress(entries(), 9))}),
    "too_short": listed(lst=zlib.compress(entries((1 << 18) - 1), 9)),
    "too_long": listed(lst=zlib.compress(entries((1 << 18) + 1), 9)),
    "bomb": listed(lst=zlib.compress(bytes(1 << 24), 9)),
    "trailing": listed(lst=zlib.compress(entries(), 9) + b"\0"),
    "truncated": listed(lst=zlib.compress(entries(), 9)[:-1]),
    "not_zlib": listed(lst=b"nothing of the kind"),
    "exp_text": listed(exp=str(NOW + DAY)),
    "exp_missing": listed(drop="exp"),
    "iat_missing": listed(drop="iat"),
    "sub_other": listed(uri=f"{ISS}/status-lists/1", fetched=URI),
    "sub_missing": listed(drop="sub", fetched=URI),
    "altered": {"uri": URI, "token": ""},
    "not_a_token": {"uri": URI, "token": "eyJ0eXAiOiJzdGF0dXNsaXN0K2p3dCJ9"},
}


def _altered() -> str:
    """Change one entry of a signed list."""
    head, body, signature = LISTS["usual"]["token"].split(".")
    other = listed(lst=zlib.compress(entries(_9=1), 9))["token"].split(".")[1]
    assert body != other
    return f"{head}.{other}.{signature}"


LISTS["altered"]["token"] = _altered()

REFUSED_LISTS = (
    *("ahead_61", "by_retired_too_late", "by_revoked", "by_stranger", "by_other_issuer", "sub_other", "sub_missing"),
    *("typ_jwt", "typ_credential", "alg_none", "with_jku", "one_bit", "bits_text", "exp_text", "exp_missing"),
    *("iat_missing", "too_short", "too_long", "bomb", "trailing", "truncated", "not_zlib", "altered", "not_a_token"),
)
