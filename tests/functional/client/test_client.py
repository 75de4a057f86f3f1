"""The partner's Python client against the application, over a network that fails on purpose."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from suchang.client import ApiError, KeySigner, NotReachable, OfflineQueue, PartnerApi
from suchang.client.transport import Sender
from suchang.credentials.issue.signer import SoftwareSigner
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from tests.conftest import StandingClock
from tests.support.world import Phone, World, credit_code

SCOPES = ["verify:medical", "redeem:medical", "verify:offline"]


@dataclass
class Network(httpx.BaseTransport):
    """A way to the application that loses requests and answers as it is told."""

    inner: httpx.BaseTransport
    fate: Callable[[httpx.Request], str] = lambda _: "deliver"
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver, lose the request, lose the answer, or answer as a broken proxy does."""
        self.requests.append(request)
        fate = self.fate(request)
        if fate == "lose request":
            raise httpx.ConnectError("away", request=request)
        if fate == "bad gateway":
            return httpx.Response(502, text="<html>502</html>", request=request)
        answer = self.inner.handle_request(request)
        if fate == "lose answer":
            answer.read()
            raise httpx.ReadTimeout("too late", request=request)
        return answer


@dataclass
class Desk:
    """A hospital with a client, a network and a holder who comes by."""

    world: World
    network: Network
    api: PartnerApi
    holder: str
    client_id: str
    waits: list[float]
    _phone: Phone | None = None

    def code(self) -> str:
        """Return the text of a fresh code of the holder."""
        if self._phone is None:
            self._phone = self.world.phone(self.holder)
        return self._phone.code(self.world.second)

    def lines(self) -> int:
        """Count the lines of the ledger."""
        with unit_of_work(self.world.collaborators.sessions) as session:
            return int(session.execute(text("SELECT count(*) FROM redemption")).scalar_one())


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """Return a hospital's desk."""
    made = partners.register_partner(
        world.collaborators, SYSTEM, name="示范医院", uscc=credit_code(91), domains=["medical"], sites=[]
    )
    given = partners.add_client(world.collaborators, SYSTEM, made["id"], name="HIS", scopes=SCOPES)
    network = Network(httpx.WSGITransport(app=world.app))
    waits: list[float] = []
    sender = Sender(httpx.Client(base_url="http://testserver", transport=network), sleep=waits.append)
    with PartnerApi("http://testserver", client_id=given.client_id, secret=given.secret, sender=sender) as api:
        yield Desk(world, network, api, world.holder("B"), given.client_id, waits)


def test_a_benefit_is_redeemed_reserved_reversed_and_settled(desk: Desk) -> None:
    seen = desk.api.verify(desk.code(), "medical")
    assert seen.accepted
    assert "medical.annual_checkup" in {one["item"] for one in seen.entitlements}
    use = desk.api.redeem(seen.id, "medical.annual_checkup")
    assert not use.refused
    refused = desk.api.redeem(desk.api.verify(desk.code(), "medical").id, "medical.annual_checkup")
    assert (refused.refused, refused.code, refused.id) == (True, "quota_exhausted", None)
    assert refused.text("zh") == "本期额度已用完。"
    assert refused.text("en") == "The quota of this period is used up."
    assert not desk.api.reverse(str(use.id), "entered twice").refused
    seen = desk.api.verify(desk.code(), "medical")
    held = desk.api.redeem(seen.id, "medical.expert_consultation", details={"mode": "onsite"}, reserve=True)
    assert desk.api.confirm(str(held.id)).data["kind"] == "confirm"
    assert desk.api.release(str(held.id), "too late").code == "reservation_closed"
    assert [line["kind"] for line in desk.api.redemptions()].count("redeem") == 1
    totals = {one["item"]: one["net"] for one in desk.api.settlement("2026-11")["totals"]}
    assert totals == {"medical.annual_checkup": 0, "medical.expert_consultation": 1}


def test_a_wrong_request_is_an_error_with_its_fields(desk: Desk) -> None:
    seen = desk.api.verify(desk.code(), "medical")
    with pytest.raises(ApiError) as caught:
        desk.api.redeem(seen.id, "medical.annual_checkup", details={"package": "gold"})
    assert (caught.value.status, [one["field"] for one in caught.value.errors]) == (422, ["details.package"])
    with pytest.raises(ApiError, match="unknown_item"):
        desk.api.redeem(seen.id, "medical.unheard_of")
    with pytest.raises(ValueError, match="time zone"):
        desk.api.verify("SC1:X", "medical", presented_at=datetime(2026, 11, 2))  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="secret or a signer"):
        PartnerApi("http://testserver", client_id="x")


@pytest.mark.parametrize("fate", ["lose request", "lose answer", "bad gateway"])
def test_a_call_has_one_effect_when_the_network_fails_before_it_gets_through(desk: Desk, fate: str) -> None:
    seen = desk.api.verify(desk.code(), "medical")
    fates = iter([fate, fate])
    desk.network.fate = lambda _: next(fates, "deliver")
    desk.network.requests.clear()

    use = desk.api.redeem(seen.id, "medical.annual_checkup")

    assert not use.refused
    assert desk.lines() == 1
    keys = {request.headers["Idempotency-Key"] for request in desk.network.requests}
    assert (len(desk.network.requests), len(keys)) == (3, 1)
    assert 0.125 <= desk.waits[0] <= 0.25 <= desk.waits[1] <= 0.5


def test_the_client_gives_up_after_its_tries_and_says_so(desk: Desk) -> None:
    desk.api.verify(desk.code(), "medical")
    for fate in ("lose request", "bad gateway"):
        desk.network.fate = lambda _, fate=fate: fate  # type: ignore[misc]
        desk.network.requests.clear()
        with pytest.raises(NotReachable):
            desk.api.verify("SC1:X", "medical")
        assert len(desk.network.requests) == 4


def test_a_token_is_fetched_once_and_again_when_it_is_refused(desk: Desk) -> None:
    def fetched() -> int:
        return sum(request.url.path == "/oauth/token" for request in desk.network.requests)

    list(desk.api.redemptions())
    list(desk.api.redemptions())
    assert fetched() == 1
    desk.world.clock.move(minutes=10)  # type: ignore[attr-defined]
    list(desk.api.redemptions())
    assert fetched() == 2


def test_a_client_may_sign_assertions_instead_of_a_secret(desk: Desk) -> None:
    signer = SoftwareSigner.generate()
    made = partners.register_partner(
        desk.world.collaborators, SYSTEM, name="第二医院", uscc=credit_code(92), domains=["medical"], sites=[]
    )
    jwks = {"keys": [{**signer.jwk, "kid": "k1"}]}
    given = partners.add_client(desk.world.collaborators, SYSTEM, made["id"], name="HIS", scopes=SCOPES, jwks=jwks)
    base = desk.world.collaborators.issuer
    sender = Sender(httpx.Client(base_url=base, transport=httpx.WSGITransport(app=desk.world.app)))
    key = KeySigner(signer.private, "k1")
    with PartnerApi(base, client_id=given.client_id, signer=key, sender=sender) as api:
        assert list(api.redemptions()) == []
        assert api.verify(desk.code(), "medical").accepted


def test_what_was_done_offline_is_sent_later_and_conflicts_are_reported(
    desk: Desk, clock: StandingClock, tmp_path: Path
) -> None:
    queue = OfflineQueue(tmp_path / "desk.sqlite")
    assert (tmp_path / "desk.sqlite").stat().st_mode & 0o077 == 0
    shown = clock()
    first = queue.remember(desk.code(), "medical", presented_at=shown, item="medical.annual_checkup")
    overdrawn = queue.remember(desk.code(), "medical", presented_at=shown, item="medical.annual_checkup")
    only_seen = queue.remember(desk.code(), "medical", presented_at=shown)
    stale = queue.remember(desk.code(), "medical", presented_at=shown - timedelta(minutes=5))
    ancient = queue.remember("SC1:X", "medical", presented_at=shown - timedelta(hours=80))
    clock.move(hours=5)
    desk.network.fate = lambda _: "lose request"
    assert queue.send(desk.api, now=clock()).waiting == 5
    desk.network.fate = lambda _: "deliver"

    report = queue.send(desk.api, now=clock())

    assert [one.number for one in report.sent] == [first, only_seen]
    assert [(one.number, one.code) for one in report.conflicts] == [
        (overdrawn, "quota_exhausted"),
        (stale, "not_yet_valid"),
        (ancient, "too_old"),
    ]
    assert (report.waiting, queue.waiting(), desk.lines()) == (0, 0, 1)
    assert [one["reason"] for one in desk.api.settlement("2026-11")["conflicts"]] == ["quota_exhausted"]
    with sqlite3.connect(tmp_path / "desk.sqlite") as file:
        kept: list[tuple[Any, ...]] = file.execute("SELECT presentation FROM entry").fetchall()
    file.close()
    assert set(kept) == {("",)}


def test_sending_goes_on_where_it_stopped_and_nothing_counts_twice(
    desk: Desk, clock: StandingClock, tmp_path: Path
) -> None:
    queue = OfflineQueue(tmp_path / "desk.sqlite")
    for _ in range(4):
        queue.remember(desk.code(), "medical", presented_at=clock(), item="medical.priority_registration")
    chance = random.Random(7)
    desk.network.fate = lambda _: chance.choice(["deliver", "lose request", "lose answer", "lose answer"])
    sent = runs = 0
    while queue.waiting() and runs < 60:
        # Each run is a new process for the queue: all it knows is in the file.
        report = OfflineQueue(tmp_path / "desk.sqlite").send(desk.api, now=clock())
        assert report.conflicts == []
        sent, runs = sent + len(report.sent), runs + 1

    assert (sent, desk.lines()) == (4, 4)
