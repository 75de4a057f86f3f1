"""Where the next credential stands in the status lists: random-looking, race-free, without a pool.

Serial numbers come from a database sequence; list = n >> 20, index = a permutation of n mod 2^20. Neighbours in the
queue are strangers in the list, so that nobody learns from two indices that two cards were issued together, and no
index is ever drawn twice.

The permutation is a balanced Feistel network of 8 rounds on two halves of 10 bits (Luby and Rackoff 1988; NIST SP
800-38G builds on the same). Its round functions are tables drawn from SHAKE-256 under the list's 128-bit key.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import shake_256

ROUNDS = 8
KEY_BYTES = 16
LIST_BITS = 20

_HALF = LIST_BITS // 2
_MASK = (1 << _HALF) - 1

Tables = tuple[tuple[int, ...], ...]


def new_list_key() -> bytes:
    """Draw the 128-bit key of a new list."""
    return secrets.token_bytes(KEY_BYTES)


def list_of(serial: int) -> int:
    """Return the number of the list that a serial number falls into."""
    return serial >> LIST_BITS


def index_of(serial: int, key: bytes) -> int:
    """Return the index of a serial number within its list, under that list's key of 16 bytes."""
    left, right = serial >> _HALF & _MASK, serial & _MASK
    for table in _tables(key):
        left, right = right, left ^ table[right]
    return left << _HALF | right


def serial_of(index: int, key: bytes) -> int:
    """Return the serial number modulo 2^20 that stands at an index; the inverse of ``index_of``."""
    left, right = index >> _HALF, index & _MASK
    for table in reversed(_tables(key)):
        left, right = right ^ table[left], left
    return left << _HALF | right


@lru_cache(maxsize=64)
def _tables(key: bytes) -> Tables:
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key of a list has {KEY_BYTES} bytes")
    return tuple(_table(key, number) for number in range(ROUNDS))


def _table(key: bytes, number: int) -> tuple[int, ...]:
    stream = shake_256(b"suchang status index 1" + key + bytes([number])).digest(2 << _HALF)
    return tuple(int.from_bytes(stream[2 * i : 2 * i + 2], "big") & _MASK for i in range(1 << _HALF))
