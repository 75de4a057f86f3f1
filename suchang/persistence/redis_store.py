"""Redis (or Valkey) for what may be lost: one-time codes, rate limits, caches.

Nothing here is needed to verify or redeem. When it is away, every method raises ``Unavailable`` with one sentence, and
the callers that can do without it catch that.
"""

from __future__ import annotations

import redis

from suchang.domain.errors import Unavailable

AWAY = "Short-lived codes can't be kept at the moment; please try again in a few minutes."


class RedisStore:
    """A small face on Redis with a key prefix, so that installations and tests can share a server."""

    def __init__(self, url: str, prefix: str = "sc:") -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) if url else None
        self._prefix = prefix

    def _client(self) -> redis.Redis:
        if self._redis is None:
            raise Unavailable(AWAY)
        return self._redis

    def put(self, key: str, value: str, seconds: int) -> None:
        """Keep a value for some seconds."""
        try:
            self._client().set(self._prefix + key, value, ex=seconds)
        except redis.RedisError as error:
            raise Unavailable(AWAY) from error

    def take(self, key: str) -> str | None:
        """Read and forget a value in one step, so that a one-time code works once."""
        try:
            value = self._client().getdel(self._prefix + key)
        except redis.RedisError as error:
            raise Unavailable(AWAY) from error
        return value.decode() if isinstance(value, bytes) else None

    def get(self, key: str) -> str | None:
        """Read a value."""
        try:
            value = self._client().get(self._prefix + key)
        except redis.RedisError as error:
            raise Unavailable(AWAY) from error
        return value.decode() if isinstance(value, bytes) else None

    def count(self, key: str, seconds: int) -> int:
        """Count one more in a window that begins with the first count; gives the count so far."""
        try:
            with self._client().pipeline() as pipe:
                pipe.incr(self._prefix + key)
                pipe.expire(self._prefix + key, seconds, nx=True)
                counted = pipe.execute()[0]
        except redis.RedisError as error:
            raise Unavailable(AWAY) from error
        return int(counted)

    def alive(self) -> bool:
        """Tell whether the server answers."""
        try:
            return bool(self._client().ping())
        except (redis.RedisError, Unavailable):
            return False
