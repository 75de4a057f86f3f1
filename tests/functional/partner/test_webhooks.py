"""Webhooks: who is told what, signed how, tried how often."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from suchang.domain.account.roles import Role
from suchang.domain.partner.webhooks import TRIES, wait_after
from suchang.workflows.partner import webhook_sending
from suchang.workflows.partner.webhook_sending import Post
from tests.conftest import StandingClock
from tests.support.world import World

URL = "https://hooks.example/cards?x=1"


class Receiver:
    """A partner's server, which answers as it is told and keeps what it got."""

    def __init__(self, world: World, *, address: str = "93.184.215.14", demo: bool = False) -> None:
        self.world = world
        self.status = 204
        self.got: list[httpx.Request] = []
        http = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.post = Post(http, world.clock, demo=demo, resolve=lambda _host, _port: [address])

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        if self.status == 0:
            raise httpx.ReadTimeout("slow", request=request)
        return httpx.Response(self.status)

    def run(self) -> int:
        """Let a worker send what is due."""
        collaborators = self.world.collaborators
        return webhook_sending.send_due(collaborators.sessions, collaborators.clock, collaborators.vault, self.post)


def signed(request: httpx.Request, secret: str) -> bool:
    """Check a signature as a partner would, from the guide alone."""
    text = f"{request.headers['Webhook-Id']}.{request.headers['Webhook-Timestamp']}.".encode() + request.content
    expected = "v1," + base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
    return expected in request.headers["Webhook-Signature"].split(" ")


class Scene:
    """A hospital that has accepted a card and is told about it, and one that has not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admin = world.office(Role.PARTNER_ADMIN)
        self.approver = world.office(Role.APPROVER)
        self.hospital = world.partner("medical")
        other = world.partner("medical", name="别的医院")
        self.hook = self.register(self.hospital)
        self.register(other)
        holder = world.holder("B")
        self.code = world.phone(holder).code(world.second)
        assert world.verify(self.hospital, self.code)["outcome"] == "accepted"
        self.card = world.ok("GET", "/api/v1/me/card", holder)["id"]

    def register(self, partner: str) -> Any:
        """Register an address for the partner of a token."""
        mine = self.world.ok("GET", "/api/v1/settlements/2026-11", partner)["partner"]
        return self.world.ok("POST", f"/api/v1/partners/{mine}/webhooks", self.admin, json={"url": URL})

    def revoke(self, verb: str = "revoke", because: str = "mistake") -> None:
        """End or suspend the card."""
        body = {"because": because, "reason": "核实"}
        self.world.ok("POST", f"/api/v1/cards/{self.card}/{verb}", self.approver, json=body)

    def log(self) -> Any:
        """Read the hospital's delivery log."""
        return self.world.ok("GET", "/api/v1/webhooks/deliveries", self.hospital)["items"]


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_a_partner_that_accepted_the_card_is_told_its_sub_and_no_more(scene: Scene) -> None:
    receiver = Receiver(scene.world)
    scene.revoke()

    assert receiver.run() == 1
    assert receiver.run() == 0
    (request,) = receiver.got
    body = json.loads(request.content)
    assert set(body) == {"id", "event", "sub", "at"}
    assert (body["event"], body["id"]) == ("card.ended", request.headers["Webhook-Id"])
    assert len(body["sub"]) == 22
    assert signed(request, scene.hook["secret"])
    assert not signed(request, "whs_another")
    # The connection goes to the address that was checked; name and certificate stay those of the URL.
    assert (request.url.host, request.headers["Host"]) == ("93.184.215.14", "hooks.example")
    assert request.extensions["sni_hostname"] == "hooks.example"
    assert request.url.raw_path == b"/cards?x=1"
    (logged,) = scene.log()
    assert (logged["state"], logged["tries"], logged["last_outcome"]) == ("delivered", 1, "delivered")
    listed = scene.world.call("POST", f"/api/v1/webhooks/deliveries/{logged['id']}/replay", scene.hospital, json={})
    assert listed.status_code == 202
    assert receiver.run() == 1
    assert receiver.got[1].content == request.content
    stranger = scene.world.partner("medical", name="第三医院")
    path = f"/api/v1/webhooks/deliveries/{logged['id']}/replay"
    assert scene.world.call("POST", path, stranger, json={}).status_code == 404


def test_a_failed_delivery_is_tried_again_later_and_given_up_in_the_end(scene: Scene, clock: StandingClock) -> None:
    receiver = Receiver(scene.world)
    scene.revoke("suspend", "under_review")
    for tries, status in enumerate([500, 0, 302, 410, *[503] * (TRIES - 4)], 1):
        receiver.status = status
        assert receiver.run() == 1
        wait = wait_after(tries)
        if wait is not None:
            clock.now += wait - timedelta(seconds=1)
            assert receiver.run() == 0
            clock.now += timedelta(seconds=1)
    clock.now += timedelta(days=30)
    assert receiver.run() == 0
    assert len(receiver.got) == TRIES


def test_both_secrets_sign_for_a_day_after_a_rotation(scene: Scene, clock: StandingClock) -> None:
    receiver = Receiver(scene.world)
    new = scene.world.ok("POST", f"/api/v1/webhooks/{scene.hook['id']}/secret", scene.admin, json={})["secret"]
    scene.revoke("suspend", "suspected_fraud")
    receiver.run()
    assert signed(receiver.got[0], new)
    assert signed(receiver.got[0], scene.hook["secret"])
    clock.now += timedelta(days=1)
    receiver.status = 204
    restored = scene.world.office(Role.APPROVER)
    scene.world.ok("POST", f"/api/v1/cards/{scene.card}/restore", restored, json={"reason": "核实无误"})
    receiver.run()
    assert json.loads(receiver.got[1].content)["event"] == "card.restored"
    assert signed(receiver.got[1], new)
    assert not signed(receiver.got[1], scene.hook["secret"])


def test_nothing_is_sent_inside_or_while_the_address_is_suspended(scene: Scene, clock: StandingClock) -> None:
    scene.revoke()
    path = f"/api/v1/webhooks/{scene.hook['id']}/state"
    scene.world.ok("PUT", path, scene.admin, json={"state": "suspended"})
    assert Receiver(scene.world).run() == 0
    scene.world.ok("PUT", path, scene.admin, json={"state": "active"})
    for address in ("127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1"):
        inside = Receiver(scene.world, address=address)
        assert inside.run() == 1
        assert inside.got == []
        clock.now += timedelta(hours=1)
    assert scene.world.ok("GET", "/readyz") is not None
    local = Receiver(scene.world, address="127.0.0.1", demo=True)
    assert local.run() == 1
    assert len(local.got) == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example/", "https://", "https://u:p@x.example/", "https://x.example/#f", "https://x.example:99999/", "x"],
)
def test_an_address_is_refused_when_it_is_no_plain_url(world: World, url: str) -> None:
    admin = world.office(Role.PARTNER_ADMIN)
    partner = world.ok("GET", "/api/v1/settlements/2026-11", world.partner("medical"))["partner"]

    answer = world.call("POST", f"/api/v1/partners/{partner}/webhooks", admin, json={"url": url})

    assert (answer.status_code, answer.json["code"]) == (422, "bad_url")  # type: ignore[index]
