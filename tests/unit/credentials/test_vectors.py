"""The published vectors, read by the Python verifier."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from suchang.credentials.status_list.token_status_list import StatusListRefused
from suchang.credentials.token.holder_proof import Challenge, partner_audience
from suchang.credentials.verify.key_ring import KeyRing, read_jwks
from suchang.credentials.verify.offline_store import OfflineStore
from suchang.credentials.verify.offline_verifier import OfflineVerifier
from suchang.credentials.verify.purpose import EVERY_ASSURANCE, Purpose
from suchang.credentials.verify.reasons import Reason
from suchang.credentials.verify.status_source import Status, StatusAnswer
from suchang.credentials.verify.verdict import ReplayKey, Verdict
from suchang.credentials.verify.verifier import Verifier
from suchang.domain.errors import Malformed
from suchang.domain.vocabulary import Assurance
from tests.unit.credentials.support import clock_at, remembering
from tests.vectors.make_vectors import documents

HERE = Path(__file__).parents[2] / "vectors"
VECTORS = json.loads((HERE / "credentials.json").read_text(encoding="utf-8"))
STATES = {"valid": Status.VALID, "revoked": Status.INVALID, "suspended": Status.SUSPENDED, "status_unknown": None}


class Answers:
    """The database of a case: states by ``sub``."""

    def __init__(self, states: dict[str, str]) -> None:
        self.states = states

    def look_up(self, claims: Any, now: int) -> StatusAnswer:
        return StatusAnswer(STATES[self.states[claims.sub]], now)


@cache
def ring(name: str, fetched: int) -> KeyRing:
    rings = [read_jwks(jwks, issuer, fetched_at=fetched) for issuer, jwks in VECTORS["rings"][name].items()]
    first = rings[0]
    for other in rings[1:]:
        first = first.merge(other)
    return first


def purpose_of(case: dict[str, Any]) -> Purpose | None:
    domain = case["purpose"]
    if domain is None:
        return None
    accepts = frozenset(map(Assurance, case["accepts"])) if "accepts" in case else EVERY_ASSURANCE
    in_scope = domain in case.get("scope", [domain])
    return Purpose(domain, VECTORS["domains"][domain], in_scope, accepts, case.get("max_status_age"))


def challenge_of(case: dict[str, Any]) -> Challenge | None:
    asked = case.get("challenge")
    return asked and Challenge(partner_audience(asked["partner"]), asked["nonce"], asked["issued_at"])


def judge(case: dict[str, Any]) -> Verdict:
    text = case["text"]
    if "repeat" in case:
        text += case["repeat"][0] * case["repeat"][1]
    clock = clock_at(case["now"])
    seen = [ReplayKey(*key) for key in case.get("seen", [])]
    if case["mode"] == "online":
        replay = remembering()
        for key in seen:
            replay(key, case["now"])
        verifier = Verifier(ring(case["ring"], case["ring_fetched"]), Answers(case.get("statuses", {})), clock)
        return verifier.check(text, purpose_of(case), challenge=challenge_of(case), replay=replay)
    store = OfflineStore()
    for key in seen:
        store.accept(key, case["now"])
    store.set_mark("high_water", case.get("high_water", 0))
    store.set_mark("offset", case.get("last_offset", 0))
    desk = OfflineVerifier(ring(case["ring"], case["ring_fetched"]), (), clock, store)
    for name in case["lists"]:
        try:
            desk.learn_list(VECTORS["lists"][name]["token"].encode(), VECTORS["lists"][name]["uri"])
        except StatusListRefused as refused:
            desk.problems.append(refused.detail)
    verdict = desk.verify(text, purpose_of(case), challenge=challenge_of(case))
    store.close()
    return verdict


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_answer_is_the_published_one_when_a_vector_is_judged(case):
    verdict = judge(case)
    assert (verdict.outcome, verdict.reason) == (case["outcome"], case["reason"])
    assert (verdict.step and verdict.step.number) == case.get("check")
    if "as_of" in case:
        assert int(verdict.as_of.timestamp()) == case["as_of"]
    for member in ("assurance", "tier", "relation"):
        if member in case:
            assert getattr(verdict.claims, member) == case[member]


@pytest.mark.parametrize(
    "case", json.loads((HERE / "key-rings.json").read_text())["broken"], ids=lambda case: case["name"]
)
def test_ring_is_refused_when_it_is_broken(case):
    with pytest.raises(Malformed):
        read_jwks(json.dumps(case["jwks"]).encode(), "https://card.suchang.example")


def test_vectors_cover_every_reason_of_the_profile():
    assert {case["reason"] for case in VECTORS["cases"]} == {None, *Reason}
    assert len(VECTORS["cases"]) >= 150


def test_vectors_are_those_of_the_script_when_it_runs_again():
    def known(document: dict[str, Any]) -> list[dict[str, Any]]:
        return [{name: value for name, value in case.items() if name != "text"} for case in document["cases"]]

    # Not the texts: another zlib may squeeze the same bytes into another stream.
    assert known(json.loads(json.dumps(documents()["credentials.json"]))) == known(VECTORS)
