"""Messages leave the house: to a gateway for text messages and to a real mail server, in the receiver's language."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from suchang.config import Misconfigured, load_settings
from suchang.config.mail_server import MailServer, read_mail_server
from suchang.domain.errors import Unavailable
from suchang.persistence.models import Notification, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account import sign_in
from suchang.workflows.notification import notifications
from suchang.workflows.runtime.collaborators import Collaborators
from tests.support.world import QUALIFIED, World

ADDRESS = "chen@example.org"


class PostOffice:
    """Keeps what a real SMTP server took; ``refuses`` lets it refuse every receiver."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuses = False

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.letters.append(cast(EmailMessage, letter))
        return "250 OK"


@pytest.fixture
def post_office() -> Iterator[tuple[PostOffice, MailServer]]:
    office = PostOffice()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, MailServer("127.0.0.1", port, "card@suchang.example")
    controller.stop()


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    taken: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/messages", taken
        server.shutdown()


def with_settings(world: World, **changes: Any) -> Collaborators:
    return replace(world.collaborators, settings=replace(world.collaborators.settings, **changes))


def told(world: World, token: str) -> str:
    """Let somebody submit an application and give the id of what they are told of it."""
    application = world.apply(token, QUALIFIED)
    with unit_of_work(world.collaborators.sessions) as session:
        row = session.scalars(
            select(Notification).where(Notification.application_id == application, Notification.person_id.is_not(None))
        ).first()
        assert row is not None
        return row.id


def delivered(world: World, notification: str) -> bool:
    with unit_of_work(world.collaborators.sessions) as session:
        return session.get_one(Notification, notification).delivered_at is not None


def test_news_comes_by_mail_when_an_address_was_left(world: World, post_office: tuple[PostOffice, MailServer]) -> None:
    office, server = post_office
    token = world.person()
    assert world.ok("PUT", "/api/v1/me/email", token, json={"email": ADDRESS})["email"] == ADDRESS
    notification = told(world, token)
    collaborators = with_settings(world, mail_server=server)
    notifications.deliver(collaborators, notification)
    notifications.deliver(collaborators, notification)
    (letter,) = office.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == (ADDRESS, "card@suchang.example", "苏畅卡")
    assert letter["Message-ID"] == f"<{notification}@suchang.example>"
    assert letter.get_content().startswith("人才卡申请")


def test_news_is_english_and_stops_when_the_person_wants_it_so(
    world: World, post_office: tuple[PostOffice, MailServer]
) -> None:
    office, server = post_office
    token = world.person()
    world.ok("PUT", "/api/v1/me/email", token, json={"email": ADDRESS})
    person = world.ok("GET", "/api/v1/me", token)["id"]
    with unit_of_work(world.collaborators.sessions) as session:
        session.get_one(Person, person).language = "en"
    notification = told(world, token)
    collaborators = with_settings(world, mail_server=server)
    notifications.deliver(collaborators, notification)
    assert office.letters[0].get_content().startswith("Talent card application")
    world.ok("PUT", "/api/v1/me/email", token, json={"email": None})
    with unit_of_work(world.collaborators.sessions) as session:
        session.get_one(Notification, notification).delivered_at = None
    notifications.deliver(collaborators, notification)
    assert len(office.letters) == 1


def test_news_waits_for_another_try_when_the_mail_server_refuses(
    world: World, post_office: tuple[PostOffice, MailServer]
) -> None:
    office, server = post_office
    token = world.person()
    world.ok("PUT", "/api/v1/me/email", token, json={"email": ADDRESS})
    notification = told(world, token)
    office.refuses = True
    with pytest.raises(Unavailable, match="mail server"):
        notifications.deliver(with_settings(world, mail_server=server), notification)
    assert not delivered(world, notification)
    with pytest.raises(Unavailable, match="mail server"):
        notifications.deliver(with_settings(world, mail_server=replace(server, port=9)), notification)


@pytest.mark.parametrize(
    "address", ["chen", "chen@", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "x" * 255]
)
def test_address_is_refused_when_it_is_none(world: World, address: str) -> None:
    answer = world.call("PUT", "/api/v1/me/email", world.person(), json={"email": address})
    assert answer.status_code == 422


def test_code_is_posted_and_signed_when_there_is_a_gateway(
    world: World, gateway: tuple[str, list[tuple[dict[str, str], bytes]]]
) -> None:
    address, taken = gateway
    collaborators = with_settings(world, notify_url=address, environment="production")
    code = sign_in.request_code(collaborators, "13900001234")
    ((headers, body),) = taken
    assert headers["X-Suchang-Signature"] == (
        "sha256=" + hmac.new(world.collaborators.settings.secret_key, body, hashlib.sha256).hexdigest()
    )
    said = json.loads(body)
    assert (said["phone"], said["event"]) == ("13900001234", "sign_in_code")
    assert code in said["text"]


def test_code_is_refused_in_production_when_nothing_can_send_it(world: World) -> None:
    with pytest.raises(Unavailable) as refused:
        sign_in.request_code(with_settings(world, environment="production"), "13900001235")
    assert refused.value.code == "no_sender"


def test_mail_server_is_read_from_the_environment() -> None:
    url = {"SUCHANG_SMTP_URL": "smtps://us%40er:p%3Aw@mail.example", "SUCHANG_MAIL_FROM": "card@suchang.example"}
    server = read_mail_server(url)
    assert server == MailServer("mail.example", 465, "card@suchang.example", True, "us@er", "p:w")
    assert not server.start_tls
    relay = read_mail_server({**url, "SUCHANG_SMTP_URL": "smtp://mail.example"})
    assert relay is not None
    assert (relay.port, relay.start_tls) == (587, True)
    for wrong in ({"SUCHANG_SMTP_URL": "http://mail.example"}, {"SUCHANG_SMTP_URL": "smtp://mail.example:no"}):
        with pytest.raises(Misconfigured, match="SUCHANG_SMTP_URL must look like"):
            load_settings({**url, **wrong})
    with pytest.raises(Misconfigured, match="SUCHANG_MAIL_FROM is missing"):
        load_settings({"SUCHANG_SMTP_URL": "smtps://mail.example"})
