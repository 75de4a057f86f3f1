"""The one tree of expected errors.

Every error has a stable slug. ``api/problems.py`` alone turns slugs into HTTP statuses, and the pages and the command
line have a handler each; nobody else catches these to build an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One bad field: a path such as ``facts.awards[0].date`` and one sentence."""

    field: str
    message: str


class DomainError(Exception):
    """Refuse a request, with one clear sentence for a person in ``detail`` and a stable ``slug`` for a program."""

    slug: ClassVar[str] = "domain_error"

    def __init__(self, detail: str, *, code: str | None = None, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.slug
        self.errors = tuple(errors)


class Invalid(DomainError):
    """The request is understood and its content is wrong (422)."""

    slug = "invalid"


class Malformed(DomainError):
    """The request can't be read at all (400)."""

    slug = "malformed"


class Unauthenticated(DomainError):
    """Nobody is signed in, or the token is not good (401)."""

    slug = "unauthenticated"


class Forbidden(DomainError):
    """Somebody is signed in who may not do this (403)."""

    slug = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or none that this person may know of (404); the two look the same."""

    slug = "not_found"


class Conflict(DomainError):
    """The thing is not in the state that this needs (409)."""

    slug = "conflict"


class TooMany(DomainError):
    """A limit is reached; try again later (429)."""

    slug = "rate_limited"

    def __init__(self, detail: str, *, retry_after: int = 60, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part that this needs is away for now (503)."""

    slug = "unavailable"
