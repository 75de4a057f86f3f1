"""The mail server that takes messages for people who left an address, by setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. ``smtps`` speaks TLS from the start, ``smtp`` after STARTTLS, loopback excepted."""

    host: str
    port: int
    sender: str
    tls_from_start: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def start_tls(self) -> bool:
        """Tell whether the connection is upgraded; a server on this machine may do without."""
        return not self.tls_from_start and self.host not in _LOOPBACK


def read_mail_server(environ: Mapping[str, str]) -> MailServer | None:
    """Read ``SUCHANG_SMTP_URL`` and ``SUCHANG_MAIL_FROM``; None for none. Raises ValueError with one sentence."""
    url, sender = environ.get("SUCHANG_SMTP_URL", ""), environ.get("SUCHANG_MAIL_FROM", "")
    if not url:
        return None
    wrong = "SUCHANG_SMTP_URL must look like smtps://user:password@mail.example:465 or smtp://mail.example:587."
    split = urlsplit(url)
    try:
        port = split.port or _PORTS[split.scheme]
    except (KeyError, ValueError):
        raise ValueError(wrong) from None
    if not split.hostname or split.path not in ("", "/") or split.query or split.fragment:
        raise ValueError(wrong)
    if "@" not in sender:
        raise ValueError("SUCHANG_MAIL_FROM is missing; it must be the address that messages come from.")
    user, password = unquote(split.username or ""), unquote(split.password or "")
    return MailServer(split.hostname, port, sender, split.scheme == "smtps", user, password)
