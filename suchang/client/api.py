"""The partner's calls: verify, redeem, reserve, confirm, release, reverse, list, settle."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx

from suchang.client.errors import ApiError
from suchang.client.tokens import KeySigner, Tokens
from suchang.client.transport import Sender, read


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification came to: accepted, refused or unknown, with a reason for the last two."""

    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return the id that a redemption names."""
        return str(self.data["id"])

    @property
    def accepted(self) -> bool:
        """Tell whether the card is good for the purpose now."""
        return bool(self.data["outcome"] == "accepted")

    @property
    def reason(self) -> str | None:
        """Return the reason of a refusal or of not knowing."""
        return self.data.get("reason")

    @property
    def entitlements(self) -> list[dict[str, Any]]:
        """Return what can be redeemed."""
        return list(self.data.get("entitlements") or [])


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of the ledger, or a refusal (409) with its code, its finer reason and a sentence in two languages."""

    data: Mapping[str, Any]
    refused: bool = False

    @property
    def id(self) -> str | None:
        """Return the id of the line; None for a refusal."""
        return self.data.get("id")

    @property
    def code(self) -> str | None:
        """Return the code of a refusal, such as ``quota_exhausted``."""
        return str(self.data["code"]) if self.refused else None

    def text(self, language: str = "zh") -> str:
        """Return the sentence of a refusal."""
        said = self.data.get("text") or {}
        return str(said.get(language) or self.data.get("detail") or "")


class PartnerApi:
    """One partner's client. Give a ``secret``, or a ``signer`` for signed assertions.

    ``tls`` is a context of the standard library where the service's certificate is not a public one. Every creating
    call has an Idempotency-Key; pass your own ``key`` to repeat a call after a crash without a second effect.
    """

    def __init__(
        self,
        base_url: str,
        *,
        client_id: str,
        secret: str | None = None,
        signer: KeySigner | None = None,
        scopes: Sequence[str] = (),
        timeout: float = 10.0,
        tls: ssl.SSLContext | None = None,
        transport: httpx.BaseTransport | None = None,
        sender: Sender | None = None,
    ) -> None:
        """Prepare a client; nothing is sent before the first call."""
        if (secret is None) == (signer is None):
            raise ValueError("give either a secret or a signer")
        base = base_url.rstrip("/")
        verify: ssl.SSLContext | bool = True if tls is None else tls
        http = (
            sender.http if sender else httpx.Client(base_url=base, timeout=timeout, transport=transport, verify=verify)
        )
        self._sender = sender or Sender(http)
        self._tokens = Tokens(self._sender, client_id, f"{base}/oauth/token", secret, signer, scopes)

    def __enter__(self) -> PartnerApi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Return the connections back."""
        self._sender.http.close()

    def verify(
        self, presentation: str, purpose: str, *, presented_at: datetime | None = None, key: str | None = None
    ) -> Verdict:
        """Verify the text of a code for a benefit domain; ``presented_at`` says when, if it was seen offline."""
        body: dict[str, Any] = {"presentation": presentation, "purpose": purpose}
        if presented_at is not None:
            if presented_at.tzinfo is None:
                raise ValueError("presented_at needs a time zone")
            body["presented_at"] = presented_at.isoformat()
        return Verdict(self._create("/api/v1/verifications", body, key).data)

    def redeem(
        self,
        verification: str,
        item: str,
        *,
        beneficiary: str = "holder",
        details: Mapping[str, Any] | None = None,
        reserve: bool = False,
        key: str | None = None,
    ) -> Answer:
        """Redeem an item on a verification of the last ten minutes, or reserve it."""
        body = {"verification": verification, "item": item, "beneficiary": beneficiary, "details": dict(details or {})}
        return self._create("/api/v1/redemptions", body | ({"reserve": True} if reserve else {}), key)

    def confirm(self, redemption: str, *, units: int | None = None, key: str | None = None) -> Answer:
        """Confirm a reservation, wholly or in part."""
        return self._create(f"/api/v1/redemptions/{redemption}/confirmation", {"units": units}, key)

    def release(self, redemption: str, reason: str, *, key: str | None = None) -> Answer:
        """Return a reservation back."""
        return self._create(f"/api/v1/redemptions/{redemption}/release", {"reason": reason}, key)

    def reverse(self, redemption: str, reason: str, *, units: int | None = None, key: str | None = None) -> Answer:
        """Take a redemption back; amounts also in part (``units`` in fen)."""
        return self._create(f"/api/v1/redemptions/{redemption}/reversal", {"reason": reason, "units": units}, key)

    def redemptions(self) -> Iterator[dict[str, Any]]:
        """List your own lines of the ledger, newest first, page by page as they are asked for."""
        cursor = None
        while True:
            page = read(self._authorized("GET", "/api/v1/redemptions", {}, params={"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def settlement(self, month: str) -> dict[str, Any]:
        """Return the settlement report of a month such as ``2026-11``."""
        return read(self._authorized("GET", f"/api/v1/settlements/{month}", {}))

    def _create(self, path: str, body: Mapping[str, Any], key: str | None) -> Answer:
        headers = {"Idempotency-Key": key or secrets.token_urlsafe(18)}
        answer = self._authorized("POST", path, headers, json=dict(body))
        try:
            return Answer(read(answer))
        except ApiError as error:
            if error.status == 409:
                return Answer(answer.json(), refused=True)
            raise

    def _authorized(self, method: str, path: str, headers: dict[str, str], **content: Any) -> httpx.Response:
        answer = self._sender.send(method, path, headers | self._bearer(), **content)
        if answer.status_code == 401:
            # The token may have ended early, with a restart or a rotation: once more with a new one.
            self._tokens.forget()
            answer = self._sender.send(method, path, headers | self._bearer(), **content)
        return answer

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens.get()}"}
