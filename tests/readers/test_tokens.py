"""Independent readers take what the issuer publishes, from bytes over HTTP alone, and refuse what was tampered with."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.status_list.token_status_list import MEDIA_TYPE, pack, publish
from suchang.credentials.token.claims import Claims, StatusRef, device_claims, new_sub, print_claims
from suchang.credentials.token.codec import Part, Token, qr_text
from suchang.credentials.token.holder_proof import DESK, prove
from suchang.credentials.verify.key_ring import KeyRing
from tests.javascript.node import run_node
from tests.readers.profile import sd_jwt
from tests.support.file_server import serving
from tests.unit.credentials.support import ISSUER, PHONE, holder_key, key_of, ring_of

READERS = "readers/readers.js"
OTHER_NONCE = "AAAAAAAAAAAAAAAA"


@dataclass(frozen=True)
class World:
    """An issuer that answers over HTTP, and cards of it."""

    origin: str

    def claims(self) -> Claims:
        now = int(time.time())
        return Claims(self.origin, "", now, now + 86400, new_sub(), "B", "张*", 0b111111111)

    def status(self, idx: int) -> StatusRef:
        return StatusRef(idx, f"{self.origin}/status-lists/0")

    def device(self, idx: int = 7) -> Token:
        credential = issue(device_claims(self.claims(), holder_key(), self.status(idx)), ISSUER)
        return prove(credential, PHONE, int(time.time()))

    def print(self, idx: int = 8) -> Token:
        return issue(print_claims(self.claims(), self.status(idx)), ISSUER)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    answers: dict[str, Any] = {}
    with serving(answers) as origin:
        key = replace(ring_of().keys[0], iss=origin)
        metadata = {"issuer": origin, "jwks_uri": f"{origin}/.well-known/jwks.json"}
        now = int(time.time())
        jwks = KeyRing([key], issuers=[origin]).jwks(origin, now)
        listed = publish(pack([(20, 1), (21, 2)]), f"{origin}/status-lists/0", ISSUER, now)
        answers["/.well-known/jwt-vc-issuer"] = "application/json", json.dumps(metadata).encode()
        answers["/.well-known/jwks.json"] = "application/jwk-set+json", json.dumps(jwks).encode()
        answers["/status-lists/0"] = MEDIA_TYPE, listed
        yield World(origin)


def nonce_of(token: Token) -> str:
    assert token.proof is not None
    return str(json.loads(token.proof.payload)["nonce"])


def read_by_pypi_sd_jwt(origin: str, token: str, audience: str | None, nonce: str | None) -> dict[str, Any]:
    """Read with PyPI's ``sd-jwt``; it skips the proof in silence unless both audience and nonce are given."""

    def key(issuer: str, header: dict[str, Any]) -> JWK:
        metadata = httpx.get(f"{issuer}/.well-known/jwt-vc-issuer").json()
        assert metadata["issuer"] == issuer == origin
        keys = httpx.get(metadata["jwks_uri"]).json()["keys"]
        return JWK(**next(one for one in keys if one["kid"] == header["kid"]))

    reader = SDJWTVerifier(token, key, audience, nonce)
    result: dict[str, Any] = {"claims": reader.get_verified_payload()}
    if nonce is not None:
        assert reader._unverified_input_key_binding_jwt
        result["proof"] = {"nonce": nonce, "aud": audience}
    return result


def ask(origin: str, token: str, nonce: str | None = None) -> dict[str, dict[str, Any]]:
    """Let the three readers read a token; an answer has ``failure`` where one refuses."""
    audience = None if nonce is None else DESK
    question = {"origin": origin, "token": token}
    if nonce is not None:
        question |= {"audience": DESK, "nonce": nonce}
    names = ("jose", "@sd-jwt/sd-jwt-vc")
    answers = dict(zip(names, run_node(READERS, [question | {"reader": name} for name in names]), strict=True))
    try:
        answers["sd-jwt"] = read_by_pypi_sd_jwt(origin, token, audience, nonce)
    except Exception as error:  # noqa: BLE001 whatever this reader throws is its refusal
        answers["sd-jwt"] = {"failure": repr(error)}
    return answers


def ask_for_status(origin: str, token: str) -> dict[str, Any]:
    """Let the reader of status lists look a credential up."""
    answer: dict[str, Any]
    [answer] = run_node(READERS, [{"reader": "@sd-jwt/jwt-status-list", "origin": origin, "token": token}])
    return answer


def refusals(answers: dict[str, dict[str, Any]]) -> list[str]:
    """Name the readers that refused."""
    return [name for name, answer in answers.items() if "failure" in answer]


def test_claims_and_proof_are_read_when_a_device_code_is_good(world):
    token = world.device()
    for answer in ask(world.origin, sd_jwt(qr_text(token)), nonce_of(token)).values():
        assert "failure" not in answer
        assert answer["claims"] == json.loads(token.credential.payload)
        assert (answer["proof"]["nonce"], answer["proof"]["aud"]) == (nonce_of(token), DESK)


def test_claims_are_read_when_a_printed_code_is_good(world):
    token = world.print()
    answers = ask(world.origin, sd_jwt(qr_text(token)))
    assert list(answers.values()) == 3 * [{"claims": json.loads(token.credential.payload)}]


def _altered(token: Token) -> Token:
    payload = token.credential.payload.replace(b'"tier":"B"', b'"tier":"A"')
    assert payload != token.credential.payload
    return prove(replace(token, credential=replace(token.credential, payload=payload)), PHONE, int(time.time()))


def _with_proof(token: Token, **changes: object) -> Token:
    assert token.proof is not None
    payload = json.dumps(json.loads(token.proof.payload) | changes).encode()
    part = Part(token.proof.header, payload, b"")
    return token.with_proof(replace(part, signature=PHONE.sign(part.signing_input)))


def _flipped(token: Token) -> Token:
    signature = bytearray(token.credential.signature)
    signature[40] ^= 1
    credential = replace(token.credential, signature=bytes(signature))
    return prove(replace(token, credential=credential), PHONE, int(time.time()))


def _forged(world: World, _good: Token) -> Token:
    """Sign with another key under the issuer's ``kid``."""
    credential = issue(device_claims(world.claims(), holder_key(), world.status(7)), key_of(5, "k1"))
    return prove(credential, PHONE, int(time.time()))


TAMPERED: dict[str, Callable[[World, Token], Token]] = {
    "altered": lambda _world, good: _altered(good),
    "flipped bit": lambda _world, good: _flipped(good),
    "forged": _forged,
    "stripped proof": lambda _world, good: good.with_proof(None),
    "wrong sd_hash": lambda world, good: world.device().with_proof(good.proof),
    "another phone's proof": lambda _world, good: prove(good, key_of(77), int(time.time()), nonce=nonce_of(good)),
    "wrong audience": lambda _world, good: _with_proof(good, aud="urn:suchang:partner:p1"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_every_reader_fails_when_a_token_was_tampered_with(world, how):
    good = world.device()
    bad = TAMPERED[how](world, good)
    nonce = nonce_of(good if bad.proof is None else bad)
    assert len(refusals(ask(world.origin, bad.text, nonce))) == 3


def test_every_reader_fails_when_another_nonce_was_asked_for(world):
    assert len(refusals(ask(world.origin, world.device().text, OTHER_NONCE))) == 3


@pytest.mark.parametrize(("idx", "status"), [(7, 0), (20, 1), (21, 2), (2**20 - 1, 0)])
def test_status_is_read_when_the_list_is_fetched(world, idx, status):
    answer = ask_for_status(world.origin, world.device(idx).text)
    assert answer == {"status": status, "media": "application/statuslist+jwt", "bits": 2}


def test_credential_reader_refuses_when_the_list_says_revoked_or_suspended(world):
    for idx in (20, 21):
        token = world.device(idx)
        assert refusals(ask(world.origin, token.text, nonce_of(token))) == ["@sd-jwt/sd-jwt-vc"]


def test_status_reader_fails_when_the_list_was_tampered_with(world):
    now = int(time.time())
    answers: dict[str, Any] = {}
    with serving(answers) as false_origin:
        uri = f"{false_origin}/status-lists/0"
        credential = issue(print_claims(world.claims(), StatusRef(20, uri)), ISSUER)
        good = publish(pack([]), uri, ISSUER, now)
        forged = publish(pack([]), uri, key_of(5, "k1"), now)
        elsewhere = publish(pack([]), f"{world.origin}/status-lists/0", ISSUER, now)
        for listed, fails in ((good, False), (forged, True), (elsewhere, True), (good[:-3], True)):
            answers["/status-lists/0"] = MEDIA_TYPE, listed
            assert ("failure" in ask_for_status(world.origin, credential.text)) is fails
