"""Send requests that survive a bad network: a creating call is repeated with its key, so that it counts once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from suchang.client.errors import ApiError, NotReachable

AGAIN = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may be sent again."""


@dataclass(slots=True)
class Sender:
    """Sends with retries: waits double from ``first_wait`` seconds to ``longest_wait``, each shortened by chance."""

    http: httpx.Client
    tries: int = 4
    first_wait: float = 0.25
    longest_wait: float = 8.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.SystemRandom().random

    def send(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> httpx.Response:
        """Send a request; raises NotReachable when no try got an answer. Only safe or keyed requests come here."""
        for number in range(self.tries):
            last = number + 1 == self.tries
            try:
                answer = self.http.request(method, path, headers=dict(headers), **content)
            except httpx.TransportError as error:
                if last:
                    raise NotReachable(f"{method} {path}: {type(error).__name__}") from error
                self.sleep(self._wait(number, None))
                continue
            if answer.status_code not in AGAIN or last:
                return answer
            self.sleep(self._wait(number, answer.headers.get("Retry-After")))
        raise NotReachable(f"{method} {path}: no try was made")

    def _wait(self, number: int, told: str | None) -> float:
        if told is not None and told.isascii() and told.isdigit():
            return min(float(told), 60.0)
        return min(self.first_wait * float(2**number), self.longest_wait) * (0.5 + self.chance() / 2)


def read(answer: httpx.Response) -> dict[str, Any]:
    """Read a JSON object; raises NotReachable for 5xx and ApiError for every other failure."""
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    if answer.status_code >= 500 or answer.status_code == 429:
        raise NotReachable(f"{answer.request.url.path}: {answer.status_code} {body.get('detail', '')}".strip())
    if answer.status_code >= 400:
        raise ApiError(answer.status_code, body)
    return body
