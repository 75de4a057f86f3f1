"""Keeping an offline verifier fresh while there is a network; whoever embeds it says how to fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from suchang.credentials.verify.offline_verifier import OfflineVerifier
from suchang.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Fetched:
    """The body of an HTTPS answer, and its ``Date`` in seconds if it had one."""

    body: bytes
    date: int | None = None


Fetch = Callable[[str], Fetched]
"""Fetch an address that is configured, over HTTPS; OSError if that fails. Never an address that a code names."""


def refresh(desk: OfflineVerifier, fetch: Fetch, jwks_url: str, lists: Iterable[str]) -> list[str]:
    """Fetch what is due and teach it to the verifier: the time, a ring older than a day, lists missing or past ``ttl``.

    What can't be fetched or can't be trusted leaves the verifier as it was; a sentence for each comes back. Call it
    every few minutes: it fetches nothing that is not due.
    """
    problems = []
    due = desk.due()
    if due.ring:
        problems += _try(jwks_url, lambda: desk.learn_keys(_taught(desk, fetch(jwks_url)).body))
    for uri in lists:
        if desk.lists.get(uri) is None or uri in due.lists:
            problems += _try(uri, lambda uri=uri: desk.learn_list(_taught(desk, fetch(uri)).body, uri))  # type: ignore[misc]
    return problems


def _taught(desk: OfflineVerifier, fetched: Fetched) -> Fetched:
    if fetched.date is not None:
        desk.learn_time(fetched.date)
    return fetched


def _try(url: str, act: Callable[[], None]) -> list[str]:
    try:
        act()
    except DomainError as error:
        return [f"{url}: {error.detail}"]
    except OSError as error:
        return [f"{url}: {error}"]
    return []
