"""Access tokens by client credentials: HTTP Basic, or assertions signed with the partner's own key (RFC 7523)."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from suchang.client.transport import Sender, read

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EARLY = 30
"""Seconds before its end at which a token is renewed."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A partner's private P-256 key (PEM or a cryptography key) and the ``kid`` of its public part."""

    key: Any
    kid: str


@dataclass(slots=True)
class Tokens:
    """Keeps one access token and renews it in time."""

    sender: Sender
    client_id: str
    audience: str
    secret: str | None = None
    signer: KeySigner | None = None
    scopes: Sequence[str] = ()
    now: Callable[[], float] = time.time
    _token: str = field(default="", init=False)
    _ends: float = field(default=0.0, init=False)

    def get(self) -> str:
        """Return a token that is good for some time yet."""
        if self.now() >= self._ends - EARLY:
            self._renew()
        return self._token

    def forget(self) -> None:
        """Throw the token away, because the service refused it."""
        self._ends = 0.0

    def _renew(self) -> None:
        form = {"grant_type": "client_credentials"}
        if self.scopes:
            form["scope"] = " ".join(self.scopes)
        headers = {}
        if self.signer is not None:
            form |= {"client_assertion_type": ASSERTION, "client_assertion": self._assertion(self.signer)}
        else:
            # RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
            pair = f"{quote(self.client_id, safe='')}:{quote(self.secret or '', safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        answer = read(self.sender.send("POST", "/oauth/token", headers, data=form))
        self._token, self._ends = str(answer["access_token"]), self.now() + float(answer["expires_in"])

    def _assertion(self, signer: KeySigner) -> str:
        import jwt

        now = int(self.now())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(claims, signer.key, algorithm="ES256", headers={"kid": signer.kid})
