"""Tokens as bytes, as SD-JWT text, as QR text, and what happens to a flipped bit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import base45
import jwt
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st

from suchang.credentials.issue.signed_credentials import CredentialInvalid, issue, issue_many
from suchang.credentials.token.claims import StatusRef, device_claims, online_claims, print_claims
from suchang.credentials.token.codec import MAX_TEXT, Part, Token, qr_text, read_qr, read_token
from suchang.credentials.token.encoding import BASE45, b64url_decode, b64url_text, base45_decode, base45_encode
from suchang.credentials.token.holder_proof import credential_hash, prove
from suchang.credentials.verify.reasons import Outcome
from suchang.domain.errors import Malformed
from suchang.domain.people.identity import mask_name
from suchang.domain.vocabulary import Relation
from tests.unit.credentials.support import (
    ISSUER,
    MEDICAL,
    NOW,
    PHONE,
    URI,
    base_claims,
    device_token,
    holder_key,
    key_of,
    online_token,
    print_token,
    verifier,
)

NAMES = [mask_name(name) for name in ("张三丰", "欧阳修", "O'Neill", "买买提·艾力", "Øystein", "𠮷田")]


@given(st.binary(max_size=600))
def test_base45_is_that_of_the_package_when_bytes_are_written_and_read(data):
    text = base45_encode(data)
    assert text == base45.b45encode(data).decode()
    assert base45_decode(text.encode()) == data


@given(st.text(alphabet=BASE45.decode() + "a#", max_size=30))
def test_base45_agrees_with_the_package_when_a_text_is_any_text(text):
    # Not with a line break at the end, which the package forgives and this reader does not.
    try:
        mine = base45_decode(text.encode())
    except ValueError:
        with pytest.raises(ValueError, match=r"(?i)base45"):
            base45.b45decode(text)
        return
    assert mine == base45.b45decode(text)
    assert base45_encode(mine) == text


@given(st.binary(max_size=100))
def test_base64url_has_one_writing_when_bytes_are_written(data):
    text = b64url_text(data)
    assert b64url_decode(text) == data
    for other in (text + "=", text + "\n", " " + text, text + "=" * (-len(text) % 4 or 4)):
        with pytest.raises(ValueError, match="base64url"):
            b64url_decode(other)


@pytest.mark.parametrize("token", [device_token(), print_token(), online_token()])
def test_same_bytes_come_back_when_a_token_goes_through_both_texts(token):
    assert read_qr(qr_text(token)) == token
    assert read_token(token.text) == token
    assert token.text.endswith("~") == (token.proof is None)


@pytest.mark.parametrize("text", ["", "a.b.c~", "~", "e30.e30.AAAA~", "x~y~z", "." * 99_999 + "~"])
def test_token_text_is_refused_when_it_is_none(text):
    with pytest.raises(Malformed):
        read_token(text)


def test_pyjwt_reads_the_same_claims_when_it_checks_both_signatures():
    token = device_token()
    leeway = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token.credential.compact, ISSUER.private.public_key(), algorithms=["ES256"], options=leeway)
    proof = jwt.decode(
        token.proof.compact,
        PHONE.private.public_key(),
        algorithms=["ES256"],
        audience="urn:suchang:desk",
        options=leeway,
    )
    assert (claims["tier"], claims["cnf"]["jwk"], claims["name"]) == ("B", PHONE.jwk, "张*")
    assert proof["sd_hash"] == credential_hash(token)


def test_iat_is_the_hour_and_an_online_code_lives_50_seconds_when_credentials_are_issued():
    device, online = device_claims(base_claims(), holder_key(), StatusRef(1, URI)), online_claims(base_claims(), NOW)
    assert device.iat % 3600 == 0
    assert NOW - 3600 < device.iat <= NOW
    assert (online.iat, online.exp, len(online.jti), online.status) == (NOW, NOW + 50, 16, None)


@pytest.mark.parametrize(
    "changes", [{"tier": ""}, {"name": "\ud800"}, {"exp": 0}, {"sub": "card-1"}, {"dom": -1}, {"iss": ""}]
)
def test_nothing_is_signed_when_the_claims_are_not_of_the_profile(changes):
    with pytest.raises(CredentialInvalid):
        issue(print_claims(base_claims(**changes), StatusRef(1, URI)), ISSUER)


def test_batch_gives_what_was_signed_so_far_when_it_is_cut():
    batch = [print_claims(base_claims(), StatusRef(idx, URI)) for idx in range(5)]
    stream = issue_many(batch, ISSUER)
    first = [next(stream), next(stream)]
    stream.close()
    rest = list(issue_many(batch[2:], ISSUER))
    assert all(verifier().check(qr_text(token), MEDICAL).accepted for token in first + rest)


def _random_tokens(number: int, relations: Sequence[Relation | None]) -> Iterator[tuple[Token, Token]]:
    draw = random.Random(45)
    origin = "https://card.jiangsu.example"
    signer = key_of(45)
    for _ in range(number):
        claims = base_claims(
            name=draw.choice(NAMES),
            tier=draw.choice("ABCDE"),
            dom=draw.getrandbits(9),
            relation=draw.choice(relations),
            exp=NOW + draw.randrange(10**8),
            iss=origin,
        )
        status = StatusRef(draw.getrandbits(20), f"{origin}/status-lists/{draw.randrange(60)}")
        device = issue(device_claims(claims, holder_key(), status), signer)
        yield prove(device, PHONE, NOW), issue(print_claims(claims, status), signer)


def _version(text: str, level: int) -> int:
    code = qrcode.QRCode(error_correction=level)
    code.add_data(qrcode.util.QRData(text, mode=qrcode.util.MODE_ALPHA_NUM))
    return code.best_fit()


@pytest.mark.parametrize(("relations", "on_paper"), [([None], 16), (list(Relation), 17)])
def test_codes_stay_in_their_version_when_200_random_tokens_are_drawn(relations, on_paper):
    pairs = list(_random_tokens(200, relations))
    assert max(_version(qr_text(device), qrcode.constants.ERROR_CORRECT_M) for device, _ in pairs) <= 19
    assert max(_version(qr_text(printed), qrcode.constants.ERROR_CORRECT_Q) for _, printed in pairs) <= on_paper


def test_every_single_bit_flip_of_the_token_is_refused():
    token = device_token()
    check = verifier().check
    assert check(qr_text(token), MEDICAL).accepted
    for number, part in enumerate(token.parts):
        fields = [part.header, part.payload, part.signature]
        for place, data in enumerate(fields):
            for bit in range(len(data) * 8):
                flipped = bytearray(data)
                flipped[bit // 8] ^= 1 << bit % 8
                other = Part(*fields[:place], bytes(flipped), *fields[place + 1 :])
                pair = (other, token.proof) if number == 0 else (token.credential, other)
                assert check(qr_text(Token(*pair)), MEDICAL).outcome is Outcome.REFUSED


@pytest.mark.parametrize("token", [device_token(), print_token()])
def test_every_flip_of_the_text_is_refused_or_inflates_to_the_identical_token(token):
    text = qr_text(token)
    check = verifier().check
    for place in range(len(text)):
        for bit in range(7):
            flipped = text[:place] + chr(ord(text[place]) ^ 1 << bit) + text[place + 1 :]
            if check(flipped, MEDICAL).outcome is not Outcome.REFUSED:
                assert read_qr(flipped) == token


def _mutate(text: str, draw: random.Random) -> str:
    characters = list(text)
    for _ in range(draw.randrange(1, 6)):
        place = draw.randrange(len(characters) + 1)
        kind = draw.randrange(5)
        piece = draw.choice(BASE45.decode() + "aé\0\ud800💳")
        if kind == 0:
            characters[place : place + 1] = [piece]
        elif kind == 1:
            characters.insert(place, piece)
        elif kind == 2:
            del characters[place : place + draw.randrange(1, 40)]
        elif kind == 3:
            characters[place:place] = characters[: draw.randrange(60)]
        else:
            other = draw.randrange(len(characters) + 1)
            characters = characters[:place] + characters[other:]
    return "".join(characters)


def _attack(number: int, seed: int) -> None:
    draw = random.Random(seed)
    texts = [qr_text(token) for token in (device_token(), print_token(), online_token())]
    check = verifier().check
    for _ in range(number):
        original = draw.choice(texts)
        mutated = _mutate(original, draw)
        if check(mutated, MEDICAL).outcome is not Outcome.REFUSED:
            assert read_qr(mutated) == read_qr(original)


def test_nothing_is_raised_when_2000_texts_are_mutated():
    _attack(2_000, seed=1)


@pytest.mark.slow
def test_nothing_is_raised_when_100000_texts_are_mutated():
    _attack(100_000, seed=2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=150)
@given(header=json_values | st.binary(max_size=60), payload=json_values | st.binary(max_size=300), data=st.data())
def test_nothing_is_raised_when_a_signed_part_holds_anything(header, payload, data):
    import json

    def raw(value):
        return (
            value
            if isinstance(value, bytes)
            else json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        )

    good = device_token()
    member = data.draw(st.sampled_from(["iss", "exp", "sub", "dom", "name", "status", "cnf", "iat", "vct", "tier"]))
    body = json.loads(good.credential.payload)
    body[member] = payload if not isinstance(payload, bytes) else None
    for head, content in ((raw(header), raw(payload)), (good.credential.header, raw(body))):
        unsigned = Part(head, content, b"")
        part = Part(head, content, ISSUER.sign(unsigned.signing_input))
        verdict = verifier().check(qr_text(Token(part, good.proof)), MEDICAL)
        assert verdict.outcome is Outcome.REFUSED


@given(st.text(max_size=200) | st.none() | st.integers() | st.binary(max_size=50))
def test_nothing_is_raised_when_the_presentation_is_anything(value):
    assert verifier().check(value, MEDICAL).outcome is Outcome.REFUSED


def test_nothing_is_decoded_when_a_text_is_too_long(monkeypatch):
    def never(_raw: bytes) -> bytes:
        raise AssertionError("a text over its cap was decoded")

    monkeypatch.setattr("suchang.credentials.token.codec.base45_decode", never)
    assert verifier().check("SC1:" + "0" * (MAX_TEXT - 3)).outcome is Outcome.REFUSED
