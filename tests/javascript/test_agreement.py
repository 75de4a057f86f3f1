"""The JavaScript verifier gives the same answer as the Python one, for every text."""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import replace
from typing import Any

import pytest

from suchang.credentials.token.codec import Part, Token, qr_text
from suchang.credentials.token.encoding import base45_decode, base45_encode
from suchang.credentials.token.holder_proof import Challenge, partner_audience, prove
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.status_source import Status
from tests.javascript.node import run_node
from tests.unit.credentials.support import (
    ISS,
    ISSUER,
    MEDICAL,
    NOW,
    PHONE,
    device_token,
    key_of,
    online_token,
    print_token,
    ring_of,
    text_of,
    verifier,
)

DOMAINS = {"medical": 2, "finance": 7, "other": 20}
STATES = {Status.VALID: "valid", Status.INVALID: "revoked", Status.SUSPENDED: "suspended", None: "status_unknown"}


class Both:
    """Collects questions, asks both verifiers, compares."""

    def __init__(self) -> None:
        self.cases: list[dict[str, Any]] = []
        self.expected: list[tuple[str, str | None, int | None]] = []

    def ask(
        self,
        text: str,
        *,
        now: int = NOW,
        status: Status | None = Status.VALID,
        purpose: Purpose | None = MEDICAL,
        challenge: Challenge | None = None,
        clock_sure: bool = True,
    ) -> None:
        verdict = verifier(status, now=now).check(text, purpose, challenge=challenge, clock_sure=clock_sure)
        step = None if verdict.step is None else verdict.step.number
        self.expected.append((str(verdict.outcome), verdict.reason and str(verdict.reason), step))
        case: dict[str, Any] = {
            "name": str(len(self.cases)),
            "text": text,
            "now": now,
            "mode": "online",
            "ring": "usual",
            "status": STATES[status],
            "purpose": None,
            "clock_sure": clock_sure,
        }
        if purpose is not None:
            scope = [purpose.domain] if purpose.in_scope else []
            case |= {"purpose": purpose.domain, "scope": scope, "accepts": sorted(purpose.accepts)}
        if challenge is not None:
            partner = challenge.audience.removeprefix("urn:suchang:partner:")
            case["challenge"] = {"nonce": challenge.nonce, "partner": partner, "issued_at": challenge.issued_at}
        self.cases.append(case)

    def compare(self) -> list[tuple[str, str | None, int | None]]:
        rings = {"usual": {ISS: ring_of().jwks(ISS, NOW)}}
        found = run_node("javascript/verify_cases.js", {"rings": rings, "domains": DOMAINS, "cases": self.cases})
        answers = [(one["outcome"], one["reason"], one["check"]) for one in found]
        differences = [
            (case, ours, theirs)
            for case, ours, theirs in zip(self.cases, self.expected, answers, strict=True)
            if ours != theirs
        ]
        assert differences == []
        return answers


def _signed(token: Token, *, header: bytes | None = None, payload: bytes | None = None) -> Token:
    """Sign other bytes as the issuer, and prove them as the phone where they were proved."""
    part = Part(header or token.credential.header, payload or token.credential.payload, b"")
    signed = replace(token, credential=replace(part, signature=ISSUER.sign(part.signing_input)))
    return signed if token.proof is None else prove(signed, PHONE, NOW)


def _payload(token: Token, **changes: object) -> bytes:
    claims = json.loads(token.credential.payload) | changes
    return json.dumps({key: value for key, value in claims.items() if value is not ...}).encode()


def test_same_answer_when_times_statuses_and_purposes_vary():
    both = Both()
    for token in (device_token(), print_token(), online_token()):
        for age in (-4000, -61, -60, -11, -10, 0, 49, 50, 51, 61, 365 * 86400 - 1, 365 * 86400):
            both.ask(text_of(token), now=NOW + age)
            both.ask(text_of(token), now=NOW + age, clock_sure=False)
        for status in (*Status, None):
            for purpose in (None, MEDICAL, Purpose("other", 20), Purpose("medical", 2, in_scope=False)):
                both.ask(text_of(token), status=status, purpose=purpose)
        both.ask(text_of(token), purpose=Purpose("finance", 7, accepts=frozenset()))
    answers = both.compare()
    assert {outcome for outcome, _, _ in answers} == {"accepted", "refused", "unknown"}


def test_same_answer_when_a_desk_has_shown_a_challenge():
    both = Both()
    nonce = "A" * 21 + "Q"
    challenge = Challenge(partner_audience("p1"), nonce, NOW - 60)
    answering = prove(device_token(), PHONE, NOW, audience=challenge.audience, nonce=nonce)
    for token in (answering, device_token(), print_token(), online_token()):
        other, late = replace(challenge, nonce="B" * 21 + "Q"), replace(challenge, issued_at=NOW - 61)
        for asked in (None, challenge, other, late):
            both.ask(text_of(token), challenge=asked)
    assert ("accepted", None, None) in both.compare()


@pytest.mark.parametrize("make", [device_token, print_token, online_token])
def test_same_answer_when_a_member_is_odd(make):
    both = Both()
    token = make()
    odd: list[object] = [
        ..., None, True, False, 0, -1, 1.0, 1e3, "", "x", "1", [], {}, [1], {"a": 1}, 2**31, 2**53, 2**64, 10**400,
        "\ud800", "\x00", "张" * 65, "A" * 300, {"jwk": {}}, {"status_list": {}}, "spouse", "A" * 16, "A" * 22,
    ]  # fmt: skip
    claims = "iss vct iat exp nbf sub tier name dom rel jti status cnf _sd a"
    for member in claims.split():
        for value in odd:
            both.ask(text_of(_signed(token, payload=_payload(token, **{member: value}))))
    for member in ("alg", "typ", "kid", "jku", "crit", "zip"):
        for value in (*odd[:8], "none", "ES256", "EdDSA", "JWT", "../k1", "k2"):
            header = json.loads(token.credential.header) | {member: value}
            text = json.dumps({key: one for key, one in header.items() if one is not ...}).encode()
            both.ask(text_of(_signed(token, header=text)))
    both.compare()


@pytest.mark.parametrize(
    "odd",
    [
        b"{}", b"[]", b"null", b"", b" {} ", b'{"a":1,"a":1}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1.5}',
        b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1}x', b"\xef\xbb\xbf{}", b'{"a":"\xff"}', b'{"a":"\x01"}',
        b'{"a":"\\x"}',
        b"{'a':1}", b'{"a":1,}', b'{"a":[1,]}', b'{"a"}', b'{"a":"\\ud800"}', b'{"a":"\\ud83d\\ude00"}', b'{"a":-0}',
        b'{"__proto__":1}', b'{"a":' + b"[" * 15 + b"]" * 15 + b"}", b'{"a":' + b"[" * 16 + b"]" * 16 + b"}",
        b'{"a":' + b"[" * 1500 + b"]" * 1500 + b"}", b'{"a":tru}', b'{"a":true}', b"{\xc2\xa0}",
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":-}', b'{"a":1e5}', b'{"a":"\\u00e9","\\u0061":1}', b'{"a":"\x7f"}', b"{", b'{"a":"', b'{"a":"\\',
        b'{"a":"\\u12',
    ],
)  # fmt: skip
def test_same_answer_when_json_is_odd(odd):
    both = Both()
    token = device_token()
    whole = token.credential.payload
    both.ask(text_of(_signed(token, payload=odd or b"-")))
    both.ask(text_of(_signed(token, header=odd or b"-")))
    both.ask(text_of(_signed(token, payload=whole[:-1] + b"," + odd[1:] if odd[:1] == b"{" else whole + odd)))
    both.compare()


def test_same_answer_when_the_container_is_odd():
    both = Both()
    token = device_token()
    text = text_of(token)
    data = base45_decode(text[4:].encode())
    head, body = data[:129], data[129:]
    raw = zlib.decompress(body)
    containers = [
        head + zlib.compress(raw + b"x", 9), head + zlib.compress(raw[:-1], 9), head + body + b"x", head + body[:-1],
        head + body + body, head, head[:-1], b"", b"\x00", b"\x01", b"\x02", b"\x03" + data[1:], b"\x01" + data[1:],
        head + zlib.compress(raw + b"\x00" * 4097), head + zlib.compress(b"\x00" * 1_000_000), head + raw,
        head + zlib.compress(raw, 0), head + zlib.compress(raw, 1), head + zlib.compress(b""), b"\xff" * 300,
    ]  # fmt: skip
    for one in containers:
        both.ask("SC1:" + base45_encode(one))
    texts = [
        "", "SC1:", "SC1", "SC2:" + text[4:], "sc1:" + text[4:], text + "A", text + " ", text[:-1], text.lower(),
        "A" * 5000, text + "\u0130", "SC1:" + "A" * 4293, "SC1:" + ":" * 3000, "SC1:::::::", token.text,
        "HC1:" + text[4:],
    ]  # fmt: skip
    for odd in texts:
        both.ask(odd)
    assert {reason for _, reason, _ in both.compare()} >= {"malformed", "unsupported_format", None}


@pytest.mark.parametrize("count", [1200, pytest.param(60_000, marks=pytest.mark.slow)])
def test_same_answer_when_texts_are_mutated(count):
    """Replace, cut, insert and swap, from a fixed seed so that a difference can be found again."""
    dice = random.Random(20261101)
    both = Both()
    texts = [text_of(token) for token in (device_token(), print_token(), online_token())]
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    for number in range(count):
        text = list(texts[number % 3])
        for _ in range(dice.choice((1, 1, 2, 5))):
            place = dice.randrange(4, len(text))
            change = dice.randrange(4)
            if change == 0:
                text[place] = dice.choice(alphabet)
            elif change == 1:
                del text[place]
            elif change == 2:
                text.insert(place, dice.choice(alphabet))
            else:
                other = dice.randrange(4, len(text))
                text[place], text[other] = text[other], text[place]
        both.ask("".join(text))
    both.compare()


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_same_answer_when_a_bit_of_the_packed_token_is_flipped(step):
    """Bits of the bytes below zlib, packed again; every single one in the long form."""
    both = Both()
    for token in (device_token(), print_token(), online_token()):
        data = base45_decode(text_of(token)[4:].encode())
        start = 1 + 64 * data[0]
        raw = bytearray(zlib.decompress(data[start:]))
        for bit in range(0, 8 * len(raw), step):
            raw[bit // 8] ^= 1 << bit % 8
            both.ask("SC1:" + base45_encode(data[:start] + zlib.compress(bytes(raw), 9)))
            raw[bit // 8] ^= 1 << bit % 8
    assert {outcome for outcome, _, _ in both.compare()} == {"refused"}


def test_same_answer_when_the_proof_is_odd():
    both = Both()
    token = device_token()
    assert token.proof is not None
    changes: list[dict[str, object]] = [
        {"iat": str(NOW)}, {"iat": NOW + 0.5}, {"iat": True}, {"aud": [partner_audience("p1")]},
        {"aud": "urn:suchang:partner:p1"}, {"nonce": "A" * 15}, {"nonce": "A" * 22}, {"nonce": "A" * 21 + "B"},
        {"nonce": None}, {"sd_hash": "A" * 43}, {"sd_hash": "A" * 42 + "B"}, {"extra": 1}, {},
    ]  # fmt: skip
    headers = [
        b'{"alg":"ES256","typ":"kb+jwt"}', b'{"typ":"kb+jwt","alg":"ES256","kid":"x"}',
        b'{"alg":"none","typ":"kb+jwt"}', b'{"alg":"ES256","typ":"JWT"}',
    ]  # fmt: skip
    for change in changes:
        claims = json.dumps(json.loads(token.proof.payload) | change).encode()
        for header in headers:
            part = Part(header, claims, b"")
            for signer in (PHONE, key_of(77)):
                both.ask(qr_text(token.with_proof(replace(part, signature=signer.sign(part.signing_input)))))
    both.ask(qr_text(token.with_proof(None)))
    both.ask(qr_text(Token(print_token().credential, token.proof)))
    both.ask(qr_text(Token(token.proof, token.credential)))
    answers = both.compare()
    assert ("accepted", None, None) in answers
