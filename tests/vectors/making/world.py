"""Fixed keys, a fixed moment and the means to build any token, good or bad, byte by byte.

Everything is deterministic: keys are small known numbers, signatures are those of RFC 6979, random members are
hashes of the case's name. Nothing here may be used outside tests: these private keys are public.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from suchang.credentials.token.encoding import base45_encode

NOW = 1_794_000_000
HOUR = NOW - NOW % 3600
DAY = 86_400
ISS = "https://card.suchang.example"
ISS2 = "https://card.nanjing.example"
URI = f"{ISS}/status-lists/0"
URI2 = f"{ISS2}/status-lists/0"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DOMAINS = {
    "housing": 0,
    "schooling": 1,
    "medical": 2,
    "exit_entry": 3,
    "social_insurance": 4,
    "culture_sport": 5,
    "transport": 6,
    "finance": 7,
    "business_registration": 8,
}
REVOKED_IDX, SUSPENDED_IDX, ODD_IDX = 100, 101, 102


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A P-256 key whose secret is a known number."""

    def __init__(self, number: int) -> None:
        self.private = ec.derive_private_key(number, ec.SECP256R1())
        point = self.private.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": "P-256", "x": b64(point.x.to_bytes(32)), "y": b64(point.y.to_bytes(32))}

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32) + s.to_bytes(32)

    def published(self, kid: str, nbf: int, exp: int | None = None, **more: Any) -> dict[str, Any]:
        result = {**self.jwk, "kid": kid, "use": "sig", "alg": "ES256", "nbf": nbf, **more}
        return result if exp is None else {**result, "exp": exp}


ACTIVE, RETIRED, NEXT, GONE, OTHER, PHONE, PHONE2, ENC = (Key(1_000_000 + n) for n in (3, 33, 37, 39, 81, 99, 117, 121))
KEYS = {"k1": ACTIVE, "k0": RETIRED, "k2": NEXT, "kx": GONE, "enc": ENC}

Part = tuple[bytes, bytes, bytes]


def dump(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def drawn(name: str, length: int) -> str:
    """Return so many bytes that look random and belong to a name."""
    return b64(hashlib.sha256(name.encode()).digest()[:length])


def part(header: Any, payload: Any, key: Key | None) -> Part:
    """Sign a header and a payload, given as JSON values or as the very bytes; no key: 64 zero bytes."""
    head, body = dump(header), dump(payload)
    signed = f"{b64(head)}.{b64(body)}".encode()
    return head, body, key.sign(signed) if key else bytes(64)


def compact(piece: Part) -> str:
    return ".".join(b64(data) for data in piece)


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: member for name, member in value.items() if name not in names}


def payload(kind: str, label: str, /, **changes: Any) -> dict[str, Any]:
    """Return the payload of a good credential of a kind (device, print, online) with some members changed."""
    result: dict[str, Any] = {
        "iss": ISS,
        "vct": f"urn:suchang:card:{kind}:1",
        "iat": NOW if kind == "online" else HOUR - 3 * DAY,
        "exp": NOW + 50 if kind == "online" else HOUR + 300 * DAY,
        "sub": drawn(f"sub {label}", 16),
        "tier": "B",
        "name": "张*",
        "dom": 0b101_111_111,
    }
    if kind == "online":
        result["jti"] = drawn(f"jti {label}", 12)
    else:
        result["status"] = {"status_list": {"idx": 7, "uri": URI}}
    if kind == "device":
        result["cnf"] = {"jwk": PHONE.jwk}
    return {**result, **changes}


def credential(body: Any, *, key: Key | None = ACTIVE, kid: str = "k1", header: Any = None) -> Part:
    return part({"alg": "ES256", "typ": "dc+sd-jwt", "kid": kid} if header is None else header, body, key)


def hash_of(piece: Part, tail: str = "~") -> str:
    return b64(hashlib.sha256((compact(piece) + tail).encode()).digest())


def proof(piece: Part, label: str, /, *, key: Key = PHONE, header: Any = None, **changes: Any) -> Part:
    body = {"iat": NOW, "aud": "urn:suchang:desk", "nonce": drawn(f"nonce {label}", 12), "sd_hash": hash_of(piece)}
    raw = changes.pop("raw", None)
    head = {"alg": "ES256", "typ": "kb+jwt"} if header is None else header
    return part(head, raw({**body, **changes}) if raw else {**body, **changes}, key)


def blocks(*parts: Part) -> bytes:
    return b"".join(len(b).to_bytes(2, "big") + b for piece in parts for b in piece[:2])


def wrap(data: bytes) -> str:
    return "SC1:" + base45_encode(data)


def text(*parts: Part, n: int | None = None, level: int = 9, packed: bytes | None = None) -> str:
    """Write parts as QR text; ``n`` and the deflated ``packed`` bytes can be forced."""
    deflated = zlib.compress(blocks(*parts), level) if packed is None else packed
    return wrap(bytes([len(parts) if n is None else n]) + b"".join(p[2] for p in parts) + deflated)


def device(label: str, /, *, proof_changes: dict[str, Any] | None = None, **changes: Any) -> str:
    """Write a device code with some members of the credential and of the proof changed."""
    first = credential(payload("device", label, **changes))
    return text(first, proof(first, label, **(proof_changes or {})))


def printed(label: str, /, *, key: Key | None = ACTIVE, kid: str = "k1", header: Any = None, **changes: Any) -> str:
    return text(credential(payload("print", label, **changes), key=key, kid=kid, header=header))


def online(label: str, /, **changes: Any) -> str:
    return text(credential(payload("online", label, **changes)))


def edited(name: str, old: bytes, new: bytes, kind: str = "print") -> str:
    """Write a code whose payload has some bytes replaced before it was signed."""
    body = dump(payload(kind, name))
    if old not in body:
        raise AssertionError(f"{old!r} does not occur")
    return text(credential(body.replace(old, new, 1)))
