"""Token Status List (draft-ietf-oauth-status-list), JWT form: two bits a credential, lists of 2^20.

A list is published as a signed token, compressed, with ``ttl`` (fetch again after) and ``exp`` (never use after).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from suchang.credentials import json_objects
from suchang.credentials.issue.signer import Signer
from suchang.credentials.token.claims import LIST_SIZE, is_moment
from suchang.credentials.token.encoding import b64url, b64url_decode, b64url_text
from suchang.credentials.verify.key_ring import KeyRing
from suchang.credentials.verify.status_source import Status
from suchang.domain.errors import Invalid

LIST_TYP = "statuslist+jwt"
MEDIA_TYPE = "application/statuslist+jwt"
BITS = 2
TTL = 3600
LIFE = 86_400
SKEW = 60

_PACKED_BYTES = LIST_SIZE * BITS // 8
_MAX_TOKEN = 1 << 20
"""Characters of a token; a list that compresses not at all has 350,000."""


class StatusListRefused(Invalid):
    """A status list can't be trusted; the sentence says why."""

    slug = "status_list_refused"


@dataclass(frozen=True)
class StatusList:
    """A list whose signature and shape are good. Times in seconds; ``packed`` has 2^18 bytes."""

    uri: str
    issuer: str
    kid: str
    iat: int
    exp: int
    ttl: int
    packed: bytes

    def state(self, idx: int) -> Status | None:
        """Return the state at an index; None for the value 3, which means nothing here."""
        value = self.packed[idx >> 2] >> 2 * (idx & 3) & 3
        return None if value > Status.SUSPENDED else Status(value)

    def is_current(self, now: int) -> bool:
        """Tell whether the list may still be used."""
        return now < self.exp

    def is_due(self, now: int) -> bool:
        """Tell whether a newer list should be fetched."""
        return now >= self.iat + self.ttl


def pack(states: Iterable[tuple[int, int]], *, bits: int = BITS, size: int = LIST_SIZE) -> bytes:
    """Pack (index, state) pairs, lowest bits first (§4.1); whatever is not named is 0."""
    packed = bytearray(size * bits // 8)
    per_byte = 8 // bits
    for idx, state in states:
        place, shift = idx // per_byte, idx % per_byte * bits
        packed[place] = packed[place] & ~((2**bits - 1) << shift) | state << shift
    return bytes(packed)


def unpack(packed: bytes, *, bits: int = BITS) -> dict[int, int]:
    """Return the indices whose state is not 0, and their states."""
    per_byte, mask = 8 // bits, 2**bits - 1
    return {
        place * per_byte + i: byte >> i * bits & mask
        for place, byte in enumerate(packed)
        if byte
        for i in range(per_byte)
        if byte >> i * bits & mask
    }


def encode_lst(packed: bytes) -> str:
    """Compress a packed list as ``lst`` (§4.2)."""
    return b64url_text(zlib.compress(packed, 9))


def decode_lst(lst: str, length: int) -> bytes:
    """Inflate ``lst`` to exactly this many bytes; ValueError for anything else, and never more memory than that."""
    stream = zlib.decompressobj()
    try:
        packed = stream.decompress(b64url_decode(lst), length + 1)
    except zlib.error as error:
        raise ValueError("not a zlib stream") from error
    if len(packed) != length or not stream.eof or stream.unused_data:
        raise ValueError(f"not {length} bytes")
    return packed


def publish(packed: bytes, uri: str, signer: Signer, now: int, *, ttl: int = TTL, life: int = LIFE) -> bytes:
    """Sign a list as a status list token in compact form, for ``application/statuslist+jwt``."""
    header = json_objects.write({"alg": signer.alg, "kid": signer.kid, "typ": LIST_TYP})
    origin = urlsplit(uri)
    payload = json_objects.write(
        {
            "iss": f"{origin.scheme}://{origin.netloc}",
            "sub": uri,
            "iat": now,
            "exp": now + life,
            "ttl": ttl,
            "status_list": {"bits": BITS, "lst": encode_lst(packed)},
        }
    )
    signed = b64url(header) + b"." + b64url(payload)
    return signed + b"." + b64url(signer.sign(signed))


def etag(token: bytes) -> str:
    """Return the strong ETag of a published list."""
    return f'"{sha256(token).hexdigest()[:32]}"'


def read_status_list(token: bytes, ring: KeyRing, now: int, *, uri: str | None = None) -> StatusList:
    """Check a status list token and read it; StatusListRefused, with the reason, if anything is wrong.

    Checked are size, ``typ``, ``sub`` (= ``uri`` if the list was fetched from there), ``iat`` ≤ now + 60, bits, the
    signature by a key of the ring that was believed at ``iat``, and that the list inflates to exactly 2^18 bytes. A
    list past ``exp`` is read: it is for the one who uses it to say that it is too old.
    """
    header, payload, signed, signature = _open(token)
    if header.get("typ") != LIST_TYP or set(header) != {"alg", "kid", "typ"} or type(header["kid"]) is not str:
        raise StatusListRefused("This is not a status list token.")
    sub, iat, exp, ttl = payload.get("sub"), payload.get("iat"), payload.get("exp"), payload.get("ttl", TTL)
    if type(sub) is not str or (uri is not None and sub != uri):
        raise StatusListRefused("This status list belongs to another address.")
    if not (is_moment(iat) and is_moment(exp) and is_moment(ttl)):
        raise StatusListRefused("The times of this status list are not whole seconds.")
    if iat > now + SKEW:
        raise StatusListRefused("This status list comes from the future; is this clock right?")
    issuer = _issuer(payload, sub)
    key = ring.find(issuer, header["kid"])
    if key is None or not key.covers(iat) or key.algorithm.name != header["alg"] or not key.verify(signed, signature):
        raise StatusListRefused("No key of the ring has signed this status list.")
    return StatusList(sub, issuer, key.kid, iat, exp, ttl, _unpack_list(payload.get("status_list")))


def _open(token: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    if len(token) > _MAX_TOKEN:
        raise StatusListRefused("This status list is too long.")
    try:
        header, payload, signature = (b64url_decode(piece) for piece in token.decode("ascii").split("."))
        parsed = json_objects.read_object(header), json_objects.read_object(payload)
    except ValueError:
        raise StatusListRefused("This is not a status list token.") from None
    if len(signature) != 64:
        raise StatusListRefused("The signature of this status list does not have 64 bytes.")
    return *parsed, token[: token.rindex(b".")], signature


def _issuer(payload: dict[str, Any], uri: str) -> str:
    iss = payload.get("iss")
    if type(iss) is str:
        return iss
    try:
        origin = urlsplit(uri)
    except ValueError:
        return ""
    return f"{origin.scheme}://{origin.netloc}"


def _unpack_list(value: Any) -> bytes:
    if type(value) is not dict or value.get("bits") != BITS or type(value.get("lst")) is not str:
        raise StatusListRefused(f"This status list does not have {BITS} bits a credential.")
    try:
        return decode_lst(value["lst"], _PACKED_BYTES)
    except ValueError as error:
        raise StatusListRefused(f"The entries of this status list can't be read: {error}.") from None
