"""Tokens as bytes, as SD-JWT text (RFC 9901) and as the text of a QR code.

A token is a credential and, where the credential is bound to a device, a holder proof; both are a JSON header, a JSON
payload and a signature. The QR text carries these very bytes::

    SC1: + base45( n | n × 64 bytes of signature | zlib( n × (u16 length, header, u16 length, payload) ) )

with n = 1 or 2, lengths big-endian. JSON is never read and written again on the way, so what was signed is what is
verified, and the malleability of base64 has no place to hide.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from suchang.credentials.token.encoding import b64url, b64url_decode, base45_decode, base45_encode
from suchang.credentials.verify.reasons import Reason, Refusal, Step
from suchang.domain.errors import Malformed

PREFIX = "SC1:"
SIGNATURE_BYTES = 64
MAX_TEXT = 4296
"""Characters in the largest alphanumeric QR code (version 40, level L): a longer text was never a picture."""
MAX_INFLATED = 4096


@dataclass(frozen=True, slots=True)
class Part:
    """One signed part of a token: the bytes of its header and payload, and 64 bytes of signature."""

    header: bytes
    payload: bytes
    signature: bytes

    @property
    def signing_input(self) -> bytes:
        """Return the bytes that were signed (RFC 7515 §5.1)."""
        return b64url(self.header) + b"." + b64url(self.payload)

    @property
    def compact(self) -> bytes:
        """Return the JWS compact serialisation."""
        return self.signing_input + b"." + b64url(self.signature)


@dataclass(frozen=True, slots=True)
class Token:
    """A credential with its holder proof, if it has one."""

    credential: Part
    proof: Part | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the one or two parts in order."""
        return (self.credential,) if self.proof is None else (self.credential, self.proof)

    @property
    def text(self) -> str:
        """Return the SD-JWT or SD-JWT+KB text: ``credential~`` or ``credential~proof``."""
        proof = b"" if self.proof is None else self.proof.compact
        return (self.credential.compact + b"~" + proof).decode("ascii")

    def with_proof(self, proof: Part | None) -> Token:
        """Return the same credential with this proof."""
        return Token(self.credential, proof)


def qr_text(token: Token) -> str:
    """Write a token as the text of a QR code (alphanumeric mode)."""
    parts = token.parts
    packed = b"".join(len(block).to_bytes(2, "big") + block for part in parts for block in (part.header, part.payload))
    signatures = b"".join(part.signature for part in parts)
    return PREFIX + base45_encode(bytes([len(parts)]) + signatures + zlib.compress(packed, 9))


def read_qr(text: str) -> Token:
    """Unpack the text of a QR code into the bytes of a token; Refusal at check 1 or 2.

    Nothing is parsed before its size is known: 4,296 characters of text, 4 KB inflated.
    """
    # 1. Size and alphabet.
    if type(text) is not str or len(text) > MAX_TEXT:
        raise Refusal(Step.SIZE, Reason.MALFORMED)
    if not text.startswith(PREFIX):
        raise Refusal(Step.SIZE, Reason.UNSUPPORTED_FORMAT)
    try:
        data = base45_decode(text[len(PREFIX) :].encode("ascii"))
    except ValueError:
        raise Refusal(Step.SIZE, Reason.MALFORMED) from None
    # 2. Unpack and inflate within the cap.
    number = data[0] if data else 0
    start = 1 + number * SIGNATURE_BYTES
    if number not in (1, 2) or len(data) <= start:
        raise Refusal(Step.UNPACK, Reason.MALFORMED)
    blocks = _blocks(_inflate(data[start:]), 2 * number)
    parts = [
        Part(blocks[2 * i], blocks[2 * i + 1], data[1 + i * SIGNATURE_BYTES : 1 + (i + 1) * SIGNATURE_BYTES])
        for i in range(number)
    ]
    return Token(*parts)


def _inflate(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        packed = stream.decompress(data, MAX_INFLATED + 1)
    except zlib.error:
        raise Refusal(Step.UNPACK, Reason.MALFORMED) from None
    if len(packed) > MAX_INFLATED or not stream.eof or stream.unused_data:
        raise Refusal(Step.UNPACK, Reason.MALFORMED)
    return packed


def _blocks(packed: bytes, count: int) -> list[bytes]:
    blocks, place = [], 0
    for _ in range(count):
        start = place + 2
        place = start + int.from_bytes(packed[place:start], "big")
        if place > len(packed) or start > len(packed):
            raise Refusal(Step.UNPACK, Reason.MALFORMED)
        blocks.append(packed[start:place])
    if place != len(packed):
        raise Refusal(Step.UNPACK, Reason.MALFORMED)
    return blocks


def read_token(text: str) -> Token:
    """Read SD-JWT text without disclosures, as stored or sent by the issuer; Malformed for anything else."""
    pieces = text.split("~")
    if len(text) > 2 * MAX_INFLATED or len(pieces) != 2:
        raise Malformed("This is not an SD-JWT without disclosures.")
    proof = _part(pieces[1]) if pieces[1] else None
    return Token(_part(pieces[0]), proof)


def _part(compact: str) -> Part:
    try:
        header, payload, signature = (b64url_decode(piece) for piece in compact.split("."))
    except ValueError:
        raise Malformed("This is not a signed token in compact form.") from None
    if len(signature) != SIGNATURE_BYTES:
        raise Malformed(f"The signature of this token does not have {SIGNATURE_BYTES} bytes.")
    return Part(header, payload, signature)
