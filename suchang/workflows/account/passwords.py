"""Passwords of officers and desk users: hashed with argon2id, refused when they are short or commonly used."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from suchang.domain.errors import Invalid

LEAST: Final = 12
MOST: Final = 1024
_JUDGED: Final = 72
"""So many characters are judged; the estimate of a longer password is the same, and takes much longer."""
_GOOD: Final = 3
"""More than 10^8 guesses, by the library's scale of 0 to 4."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NOBODY: Final = _hasher.hash("nobody has this password")


def hash_password(password: str, *known: str) -> str:
    """Hash a password with argon2id; ``known`` is what a guesser knows of its owner.

    Raises Invalid for one of fewer than 12 characters, of more than 1,024, or that is commonly used.
    """
    if len(password) < LEAST:
        raise Invalid("A password needs at least 12 characters.", code="password_short")
    if len(password) > MOST:
        raise Invalid("A password has at most 1,024 characters.", code="password_long")
    if zxcvbn(password[:_JUDGED], user_inputs=["suchang", *known])["score"] < _GOOD:
        raise Invalid("This password is easily guessed; take some words that don't belong together.",
                      code="password_common")  # fmt: skip
    return _hasher.hash(password)


def password_fits(kept: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed."""
    try:
        return len(password) <= MOST and _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
