"""Bring a message to a person: a gateway for text messages, e-mail, or in a demonstration only the screen.

``SUCHANG_NOTIFY_URL`` names a gateway that takes a signed JSON body and sends the text message; ``SUCHANG_SMTP_URL`` a
mail server, used for people who left an address. Both may be set. A caller that repeats a message gives the same key,
by which gateway and mail readers drop a repetition.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import httpx

from suchang.config import Settings
from suchang.config.mail_server import MailServer
from suchang.domain.errors import Unavailable

_SECONDS = 10
_SUBJECT = {"zh": "苏畅卡", "en": "Su Chang Card"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``key`` names it for good; ``fields`` go to the gateway beside the text."""

    key: str
    text: str
    language: str
    phone: str | None
    email: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


def send(settings: Settings, message: Message) -> bool:
    """Hand a message to every way that is set up and reaches the person; tell whether there was one.

    Raises Unavailable when a way doesn't take it, so that the caller can try again.
    """
    gateway = bool(settings.notify_url and message.phone)
    if gateway:
        _post(settings, message)
    mail = settings.mail_server if message.email else None
    if mail:
        _mail(mail, message)
    return gateway or mail is not None


def _post(settings: Settings, message: Message) -> None:
    body = {**message.fields, "text": message.text, "phone": message.phone, "language": message.language}
    content = json.dumps(body, ensure_ascii=False).encode()
    signature = hmac.new(settings.secret_key, content, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message.key,
        "X-Suchang-Signature": f"sha256={signature}",
    }
    try:
        answer = httpx.post(str(settings.notify_url), content=content, headers=headers, timeout=_SECONDS)
    except httpx.HTTPError as error:
        raise Unavailable("The gateway for messages does not answer.") from error
    if answer.status_code >= 300:
        raise Unavailable(f"The gateway for messages answered {answer.status_code}.")


def _mail(server: MailServer, message: Message) -> None:
    letter = EmailMessage()
    letter["Subject"] = _SUBJECT[message.language]
    letter["From"] = server.sender
    letter["To"] = Address(addr_spec=str(message.email))
    letter["Message-ID"] = f"<{message.key}@{server.sender.rpartition('@')[2]}>"
    letter.set_content(message.text)
    try:
        with _connect(server) as connection:
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("The mail server does not take the message.") from error


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.tls_from_start:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    if server.start_tls:
        connection.starttls(context=ssl.create_default_context())
    return connection
