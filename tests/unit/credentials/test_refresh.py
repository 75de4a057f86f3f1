"""Keeping an offline verifier fresh."""

from __future__ import annotations

import json

from suchang.credentials.status_list.token_status_list import pack, publish
from suchang.credentials.verify.key_ring import KeyRing
from suchang.credentials.verify.offline_verifier import OfflineVerifier
from suchang.credentials.verify.refresh import Fetched, refresh
from tests.unit.credentials.support import ISS, ISSUER, NOW, URI, clock_at, device_token, ring_of, text_of

JWKS = f"{ISS}/.well-known/jwks.json"


class Network:
    """Addresses and their answers; what is not there can't be reached."""

    def __init__(self, answers: dict[str, bytes], date: int | None = NOW) -> None:
        self.answers, self.date, self.asked = answers, date, []

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.answers:
            raise OSError("no route")
        return Fetched(self.answers[url], self.date)


def desk(fetched: int = NOW - 90_000) -> OfflineVerifier:
    return OfflineVerifier(KeyRing(ring_of().keys, as_of=fetched), (), clock_at(NOW))


GOOD = {JWKS: json.dumps(ring_of().jwks(ISS, NOW)).encode(), URI: publish(pack([]), URI, ISSUER, NOW)}


def test_everything_due_is_fetched_once_when_a_network_is_back():
    verifier, network = desk(), Network(GOOD)
    assert refresh(verifier, network.fetch, JWKS, [URI]) == []
    assert network.asked == [JWKS, URI]
    assert verifier.verify(text_of(device_token())).accepted
    assert refresh(verifier, network.fetch, JWKS, [URI]) == []
    assert network.asked == [JWKS, URI]


def test_verifier_stays_as_it_was_when_nothing_can_be_reached_or_trusted():
    verifier = desk(NOW - 90_000)
    assert [
        line.startswith(url)
        for line, url in zip(refresh(verifier, Network({}).fetch, JWKS, [URI]), [JWKS, URI], strict=True)
    ]
    broken = Network({JWKS: b'{"keys":[]}', URI: GOOD[URI][:-4] + b"AAAA"})
    assert len(refresh(verifier, broken.fetch, JWKS, [URI])) == 2
    assert verifier.ring.as_of == NOW - 90_000
    assert refresh(verifier, Network(GOOD).fetch, JWKS, [URI]) == []
    assert verifier.verify(text_of(device_token())).accepted


def test_clock_is_doubted_when_the_server_says_another_time():
    verifier = desk()
    refresh(verifier, Network(GOOD, NOW - 60).fetch, JWKS, [URI])
    assert not verifier.clock_sure
