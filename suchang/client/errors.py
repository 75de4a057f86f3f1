"""What can go wrong between a partner and the card's service."""

from __future__ import annotations

from typing import Any


class ClientError(Exception):
    """The root of this package's errors."""


class NotReachable(ClientError):
    """No answer came, also after all retries: the network or the service is away. Work offline and send later."""


class ApiError(ClientError):
    """The service answered that the request is wrong (RFC 9457): a stable ``code``, one sentence in ``detail``."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code") or body.get("error") or "error")
        self.detail = str(body.get("detail") or body.get("error_description") or "")
        self.errors: list[dict[str, str]] = list(body.get("errors") or [])
        fields = "".join(f"; {one.get('field')}: {one.get('message')}" for one in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail}{fields}")
