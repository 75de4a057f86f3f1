"""Text forms of bytes: base64url without padding (RFC 7515 §2) and base45 (RFC 9285).

Base45 is written here rather than taken from the ``base45`` package because it is on the path of every verification:
47 µs there, 6 µs here for one device code. The tests read and write the same texts with that package.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode
from binascii import Error as BinasciiError
from binascii import b2a_base64

BASE45 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_VALUES = bytes(BASE45.find(bytes([code])) if code in BASE45 else 255 for code in range(256))
_PAIRS = [chr(BASE45[low]) + chr(BASE45[high]) for high in range(45) for low in range(45)]
_TAILS = [chr(code) for code in BASE45]
_URL = bytes.maketrans(b"+/", b"-_")


def b64url(data: bytes) -> bytes:
    """Write bytes as base64url without padding."""
    return b2a_base64(data, newline=False).translate(_URL).rstrip(b"=")


def b64url_text(data: bytes) -> str:
    """Write bytes as base64url text without padding."""
    return b64url(data).decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Read base64url; ValueError unless it is the one canonical, unpadded writing of its bytes."""
    try:
        raw = text.encode("ascii")
        data = urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (BinasciiError, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error
    if b64url(data) != raw:
        raise ValueError("not the canonical base64url of its bytes")
    return data


def base45_encode(data: bytes) -> str:
    """Write bytes as base45."""
    even = len(data) & ~1
    words = struct.unpack(f">{even // 2}H", data[:even])
    text = "".join([_PAIRS[word % 2025] + _TAILS[word // 2025] for word in words])
    return text + _PAIRS[data[-1]] if len(data) & 1 else text


def base45_decode(raw: bytes) -> bytes:
    """Read base45 given as ASCII; ValueError for a foreign character, a group over its range or a left-over character.

    Every byte string has exactly one writing that this accepts.
    """
    if raw.translate(None, BASE45):
        raise ValueError("a character outside the base45 alphabet")
    groups, tail = divmod(len(raw), 3)
    if tail == 1:
        raise ValueError("a left-over base45 character")
    values = raw.translate(_VALUES)
    full = groups * 3
    data = _join(values[0:full:3], values[1:full:3], values[2:full:3])
    if tail:
        # bytes() itself is a ValueError for what a byte can't hold.
        data += bytes([values[full] + 45 * values[full + 1]])
    return data


def _join(ones: bytes, tens: bytes, hundreds: bytes) -> bytes:
    """Return ones + 45 · tens + 2025 · hundreds as 16-bit words, all of them in two multiplications.

    Each group has a lane of 32 bits in one long integer; no group reaches 2^17, so no lane runs over into the next.
    """
    size = 4 * len(ones)
    lanes = bytearray(size)
    lanes[3::4] = ones
    total = int.from_bytes(lanes, "big")
    lanes[3::4] = tens
    total += 45 * int.from_bytes(lanes, "big")
    lanes[3::4] = hundreds
    total += 2025 * int.from_bytes(lanes, "big")
    words = total.to_bytes(size, "big")
    if words[1::4] != bytes(len(ones)):
        raise ValueError("a base45 group over its range")
    data = bytearray(size // 2)
    data[0::2], data[1::2] = words[2::4], words[3::4]
    return bytes(data)
