"""Signers, the vault, the ring, and a second algorithm plugged in."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from suchang.credentials import json_objects
from suchang.credentials.issue.key_vault import KeyLocked, KeyVault, SealedKey
from suchang.credentials.issue.pkcs11_signer import HsmSigner, HsmUnavailable
from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.issue.signer import SoftwareSigner, thumbprint
from suchang.credentials.token.algorithms import ALGORITHMS, ES256
from suchang.credentials.token.claims import StatusRef, device_claims, print_claims
from suchang.credentials.token.encoding import b64url_decode, b64url_text
from suchang.credentials.token.holder_proof import prove
from suchang.credentials.verify.key_ring import KeyRing, KeyState, RingKey, read_jwks
from suchang.credentials.verify.reasons import Reason
from suchang.domain.errors import Malformed
from tests.unit.credentials.support import (
    ISS,
    ISSUER,
    MEDICAL,
    NOW,
    PHONE,
    URI,
    base_claims,
    holder_key,
    print_token,
    ring_of,
    text_of,
    verifier,
)

SOFTHSM = next((p for p in Path("/usr/lib").glob("**/libsofthsm2.so") if p.is_file()), None)


class Ed25519:
    """EdDSA on Ed25519 (RFC 8037): a second algorithm, from outside the package."""

    name = "EdDSA"

    def sign(self, private, data):
        return private.sign(data)

    def verify(self, public, data, signature):
        from cryptography.exceptions import InvalidSignature

        try:
            public.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def from_jwk(self, jwk):
        if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
            raise ValueError("not an Ed25519 key")
        return ed25519.Ed25519PublicKey.from_public_bytes(b64url_decode(jwk["x"]))

    def to_jwk(self, public):
        return {"kty": "OKP", "crv": "Ed25519", "x": b64url_text(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}


def test_credentials_of_both_algorithms_are_accepted_when_a_second_one_is_plugged_in():
    edwards = SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)), "ed1", Ed25519())
    key = RingKey(ISS, "ed1", edwards.private.public_key(), Ed25519(), KeyState.ACTIVE, NOW - 86400)
    published = json_objects.write(KeyRing([key, *ring_of().keys]).jwks(ISS, NOW))
    ring = read_jwks(published, algorithms={**ALGORITHMS, "EdDSA": Ed25519()})
    token = issue(device_claims(base_claims(), holder_key(), StatusRef(7, URI)), edwards)
    assert jwt.decode(token.credential.compact, edwards.private.public_key(), algorithms=["EdDSA"])["iss"] == ISS
    text = text_of(prove(token, PHONE, NOW))
    assert verifier(ring=ring).check(text, MEDICAL).accepted
    assert verifier(ring=ring).check(text_of(print_token()), MEDICAL).accepted
    # Without the plug the key is skipped, as any unknown one.
    assert verifier(ring=read_jwks(published)).check(text, MEDICAL).reason is Reason.UNKNOWN_KEY


def test_algorithm_of_another_key_is_refused_when_a_token_names_it():
    edwards = RingKey(ISS, "k1", ed25519.Ed25519PrivateKey.generate().public_key(), Ed25519(), KeyState.ACTIVE, 0)
    assert verifier(ring=KeyRing([edwards])).check(text_of(print_token())).reason is Reason.UNSUPPORTED_FORMAT


def test_same_ring_comes_back_when_it_is_published_and_read():
    ring = ring_of(active_until=NOW + 5)
    again = read_jwks(json_objects.write(KeyRing(ring.keys, domains={"medical": 2}).jwks(ISS, NOW)))
    assert (again.as_of, again.domains) == (NOW, {"medical": 2})
    assert [(k.kid, k.active_from, k.active_until, k.state) for k in again.keys] == [
        ("k1", NOW - 86400, NOW + 5, KeyState.RETIRED)
    ]


def test_key_is_out_of_the_ring_and_its_issuer_known_when_it_is_revoked():
    ring = ring_of(state=KeyState.REVOKED)
    assert (ring.keys, ring.knows(ISS), ring.find(ISS, "k1")) == ((), True, None)
    with pytest.raises(Malformed):
        KeyRing([*ring_of().keys, *ring_of().keys])


def test_thumbprint_is_that_of_rfc_7638_when_a_key_is_named():
    # RFC 7638 §3.1 hashes the members in lexicographic order, without white space.
    jwk = {
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP",
    }
    jwk["n"] += (
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9"
        "c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    assert thumbprint({**jwk, "e": "AQAB"}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_sealed_key_opens_only_with_its_key_and_its_name():
    vault, other = KeyVault(b"k" * 32), KeyVault(b"o" * 32)
    sealed = vault.seal(ISSUER)
    assert ISSUER.private.private_numbers().private_value.to_bytes(32, "big") not in sealed.cipher
    assert vault.open(sealed, "k1").jwk == ISSUER.jwk
    for bad, kid, opener in (
        (sealed, "k2", vault),
        (sealed, "k1", other),
        (SealedKey(sealed.cipher[:-1] + b"\0", sealed.kek_id), "k1", vault),
    ):
        with pytest.raises(KeyLocked):
            opener.open(bad, kid)


def test_sealed_keys_stay_readable_when_the_key_encryption_key_is_replaced():
    sealed = KeyVault(b"1" * 32).seal(ISSUER)
    moving = KeyVault(b"2" * 32, older=[b"1" * 32])
    assert not moving.is_current(sealed)
    moved = moving.reseal(sealed, "k1")
    assert moving.is_current(moved)
    assert KeyVault(b"2" * 32).open(moved, "k1").jwk == ISSUER.jwk
    with pytest.raises(KeyLocked):
        KeyVault(b"1" * 32).open(moved, "k1")


@pytest.mark.parametrize("kek", [b"", b"short", bytes(33)])
def test_key_encryption_key_of_another_length_is_refused(kek):
    with pytest.raises(ValueError, match="32 bytes"):
        KeyVault(kek)


@pytest.fixture
def softhsm(tmp_path, monkeypatch):
    tool = shutil.which("softhsm2-util")
    if SOFTHSM is None or tool is None:
        missing = pytest.fail if os.environ.get("SUCHANG_REQUIRE_SOFTHSM") == "1" else pytest.skip
        missing("SoftHSM is not installed (Debian: softhsm2): THE PKCS#11 SIGNER IS NOT TESTED HERE")
    pkcs11 = pytest.importorskip("pkcs11")
    from pkcs11.util.ec import encode_named_curve_parameters

    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    command = [tool, "--init-token", "--free", "--label", "suchang", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    with library.get_token(token_label="suchang").open(rw=True, user_pin="1234") as session:
        for label, curve in (("issuer", "secp256r1"), ("wide", "secp384r1")):
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
            )
            parameters.generate_keypair(store=True, label=label)
    return str(SOFTHSM)


def test_credential_is_accepted_when_a_pkcs11_token_signed_it(softhsm):
    signer = HsmSigner(softhsm, "suchang", "1234", "issuer")
    ring = KeyRing([RingKey(ISS, signer.kid, signer.public, ES256, KeyState.ACTIVE, NOW - 86400)])
    token = issue(print_claims(base_claims(), StatusRef(8, URI)), signer)
    assert verifier(ring=ring).check(text_of(token), MEDICAL).accepted
    forged = replace(token.credential, payload=token.credential.payload.replace(b'"B"', b'"A"'))
    assert verifier(ring=ring).check(text_of(replace(token, credential=forged))).reason is Reason.BAD_SIGNATURE
    signer.close()


@pytest.mark.parametrize(
    ("token", "pin", "key"), [("other", "1234", "issuer"), ("suchang", "1234", "none"), ("suchang", "1234", "wide")]
)
def test_hsm_says_one_sentence_when_its_key_cannot_be_used(softhsm, token, pin, key):
    with pytest.raises(HsmUnavailable, match=r"\.$"):
        HsmSigner(softhsm, token, pin, key)
