"""The QR text by its description in the documentation alone, with other people's base45: no code of the product."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode

import base45


def sd_jwt(text: str) -> str:
    """Turn ``SC1:…`` into SD-JWT text, ``credential~`` or ``credential~proof``."""
    assert text.startswith("SC1:")
    data = base45.b45decode(text[4:])
    count, signatures, blocks = data[0], data[1 : 1 + 64 * data[0]], []
    rest = zlib.decompress(data[1 + 64 * count :])
    while rest:
        length = int.from_bytes(rest[:2], "big")
        blocks.append(rest[2 : 2 + length])
        rest = rest[2 + length :]
    assert len(blocks) == 2 * count
    tokens = [
        ".".join(_b64(part) for part in (*blocks[2 * i : 2 * i + 2], signatures[64 * i : 64 * i + 64]))
        for i in range(count)
    ]
    return "~".join([*tokens, ""][:2])


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
