"""Checks 4 and 5: headers, rings, keys and signatures."""

from __future__ import annotations

import hmac
from typing import Any

from tests.vectors.making.case import accepted, refused
from tests.vectors.making.lists import NEXT_FROM, RETIRED_FROM, RETIRED_UNTIL
from tests.vectors.making.world import (
    ACTIVE,
    ENC,
    GONE,
    ISS,
    ISS2,
    KEYS,
    NEXT,
    NOW,
    ORDER,
    OTHER,
    PHONE,
    RETIRED,
    URI2,
    Part,
    b64,
    compact,
    credential,
    device,
    dump,
    payload,
    printed,
    proof,
    text,
    without,
)

Case = dict[str, Any]
HEADER = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "k1"}
PROOF_HEADER = {"alg": "ES256", "typ": "kb+jwt"}


def cases() -> list[Case]:
    """Return the cases of this page."""
    return _headers() + _proof_headers() + _keys() + _periods() + _signatures()


def _with(name: str, header: Any) -> str:
    return printed(name, header=header)


def _headers() -> list[Case]:
    added = {
        "jku": f"{ISS}/keys.json",
        "x5u": f"{ISS}/chain.pem",
        "x5c": ["MIIB"],
        "crit": ["exp"],
        "b64": True,
        "zip": "DEF",
        "jwk": ACTIVE.jwk,
        "cty": "json",
    }
    result = [
        refused(f"header-{name}", _with(f"header-{name}", {**HEADER, name: value}), 4, "malformed")
        for name, value in added.items()
    ]
    result += [
        refused(f"header-without-{name}", _with(f"without-{name}", without(HEADER, name)), 4, "malformed")
        for name in HEADER
    ]
    result += [
        refused(f"header-{name}-no-text", _with(f"no-text-{name}", {**HEADER, name: 7}), 4, "malformed")
        for name in HEADER
    ]
    for number, typ in enumerate(
        ["JWT", "vc+sd-jwt", "DC+SD-JWT", "kb+jwt", "statuslist+jwt", "application/dc+sd-jwt", ""]
    ):
        name = f"header-typ-{number}"
        result.append(refused(name, _with(name, {**HEADER, "typ": typ}), 4, "unsupported_format"))
    for alg in ("none", "ES384", "EdDSA", "es256", "RS256", ""):
        name = f"header-alg-{alg or 'empty'}"
        result.append(refused(name, _with(name, {**HEADER, "alg": alg}), 4, "unsupported_format"))
    result += [
        refused("header-no-object", _with("header-no-object", ["ES256"]), 3, "malformed"),
        refused("header-duplicate-alg", _with("dup", b'{"alg":"none",' + dump(HEADER)[1:]), 3, "malformed"),
        refused("header-hmac-with-the-public-key", _hmac(), 4, "unsupported_format"),
        refused("header-none-without-signature", text(_none()), 4, "unsupported_format"),
        accepted("header-in-another-order", _with("order", dict(reversed(HEADER.items())))),
    ]
    return result


def _hmac() -> str:
    head, body = dump({**HEADER, "alg": "HS256"}), dump(payload("print", "hmac"))
    mac = hmac.digest(dump(ACTIVE.jwk), f"{b64(head)}.{b64(body)}".encode(), "sha256")
    return text((head, body, mac + bytes(32)))


def _none() -> Part:
    return dump({**HEADER, "alg": "none"}), dump(payload("print", "none")), bytes(64)


def _proof_headers() -> list[Case]:
    def code(name: str, header: Any) -> str:
        return device(name, proof_changes={"header": header})

    added = {"kid": "phone", "jwk": PHONE.jwk, "crit": ["iat"], "jku": f"{ISS}/keys.json"}
    result = [
        refused(f"proof-header-{name}", code(f"proof-{name}", {**PROOF_HEADER, name: value}), 4, "malformed")
        for name, value in added.items()
    ]
    return [
        *result,
        refused("proof-header-typ-jwt", code("proof-typ-jwt", {**PROOF_HEADER, "typ": "JWT"}), 4, "unsupported_format"),
        refused(
            "proof-header-typ-sd", code("proof-typ-sd", {**PROOF_HEADER, "typ": "dc+sd-jwt"}), 4, "unsupported_format"
        ),
        refused("proof-header-alg-none", code("proof-none", {**PROOF_HEADER, "alg": "none"}), 4, "unsupported_format"),
        refused("proof-header-alg-hs256", code("proof-hs", {**PROOF_HEADER, "alg": "HS256"}), 4, "unsupported_format"),
        refused("proof-header-without-typ", code("proof-no-typ", {"alg": "ES256"}), 4, "malformed"),
        refused("proof-header-no-object", code("proof-no-object", b"7"), 3, "malformed"),
    ]


def _keys() -> list[Case]:
    def stranger(iss: str, number: int) -> Case:
        name = f"issuer-unknown-{number}"
        return refused(name, printed(name, iss=iss), 4, "unknown_issuer")

    kids = [
        "k9",
        "K1",
        "k1 ",
        "",
        "../../dev/null",
        "/etc/passwd",
        "k1' or '1'='1",
        "__proto__",
        "constructor",
        "k" * 300,
    ]
    result = [
        refused(f"kid-unknown-{number}", printed(f"kid-{number}", kid=kid), 4, "unknown_key")
        for number, kid in enumerate(kids)
    ]
    result += [
        stranger(iss, number)
        for number, iss in enumerate(
            [ISS + "/", ISS.upper(), "http" + ISS[5:], ISS2, "https://card.suchang.example.evil.example"]
        )
    ]
    two = {"ring": "two_issuers", "lists": ["usual", "second_issuer"]}
    status = {"status_list": {"idx": 7, "uri": URI2}}
    return [
        *result,
        refused("key-revoked", printed("key-revoked", key=GONE, kid="kx"), 4, "unknown_key"),
        refused(
            "key-for-encryption", printed("key-enc", key=ENC, kid="enc"), 4, "unknown_key", ring="with_encryption_key"
        ),
        refused(
            "key-without-alg", printed("key-no-alg", key=ENC, kid="enc"), 4, "unknown_key", ring="with_other_kinds"
        ),
        refused("key-symmetric", printed("key-sym", kid="sym"), 4, "unknown_key", ring="with_other_kinds"),
        accepted("key-beside-other-kinds", printed("key-beside"), ring="with_other_kinds"),
        accepted("key-of-second-issuer", printed("second", key=OTHER, iss=ISS2, status=status), **two),
        refused("key-of-same-name-of-other-issuer", printed("same-kid", key=OTHER), 5, "bad_signature", **two),
        refused("issuer-swapped", printed("swapped", iss=ISS2, status=status), 5, "bad_signature", **two),
        refused("key-retired-signs-for-active", printed("retired-k1", key=RETIRED), 5, "bad_signature"),
    ]


def _periods() -> list[Case]:
    def signed(kid: str, iat: int) -> str:
        key = NEXT if kid == "k2" else RETIRED
        return printed(f"period-{kid}-{iat}", key=key, kid=kid, iat=iat)

    start = RETIRED_FROM - RETIRED_FROM % 3600
    believed = NEXT_FROM - NEXT_FROM % 3600
    return [
        accepted("period-retired-key-in-its-time", signed("k0", RETIRED_UNTIL - 86_400)),
        accepted("period-retired-key-in-its-last-second", signed("k0", RETIRED_UNTIL)),
        refused("period-retired-key-a-second-later", signed("k0", RETIRED_UNTIL + 1), 4, "unknown_key"),
        accepted("period-retired-key-in-its-first-hour", signed("k0", start)),
        refused("period-retired-key-a-second-earlier", signed("k0", start - 1), 4, "unknown_key"),
        accepted("period-next-key-since-published", signed("k2", believed)),
        refused("period-next-key-before-published", signed("k2", believed - 1), 4, "unknown_key"),
    ]


def _signatures() -> list[Case]:
    first = credential(payload("device", "signatures"))
    second = proof(first, "signatures")
    other = credential(payload("device", "other"))
    head, body, signature = first
    r, s = signature[:32], signature[32:]

    def forged(name: str, value: bytes, reason: str = "bad_signature") -> Case:
        piece = (head, body, value)
        return refused(f"signature-{name}", text(piece, proof(piece, "signatures")), 5, reason)

    mirrored = (head, body, r + (ORDER - int.from_bytes(s)).to_bytes(32))
    richer = body.replace(b'"tier":"B"', b'"tier":"A"')
    return [
        forged("bit-flipped", bytes([signature[0] ^ 1]) + signature[1:]),
        forged("zero", bytes(64)),
        forged("r-zero", bytes(32) + s),
        forged("s-zero", r + bytes(32)),
        forged("r-order", ORDER.to_bytes(32) + s),
        forged("all-ones", b"\xff" * 64),
        forged("halves-swapped", s + r),
        forged("of-another-credential", other[2]),
        forged("of-the-phone", PHONE.sign(compact(first).rpartition(".")[0].encode())),
        refused("signature-tier-raised", text((head, richer, signature), second), 5, "bad_signature"),
        refused("signatures-exchanged", text((head, body, second[2]), (*second[:2], signature)), 5, "bad_signature"),
        refused("proof-signature-zero", text(first, (*second[:2], bytes(64))), 7, "holder_proof_invalid"),
        refused(
            "proof-signature-bit-flipped",
            text(first, (*second[:2], second[2][:-1] + bytes([second[2][-1] ^ 1]))),
            7,
            "holder_proof_invalid",
        ),
        accepted("signature-mirrored-s-is-as-good", text(mirrored, proof(mirrored, "mirrored"))),
        refused("signature-mirrored-s-under-the-old-proof", text(mirrored, second), 7, "holder_proof_invalid"),
        refused("signature-of-a-dropped-key", printed("dropped", key=KEYS["kx"]), 5, "bad_signature"),
        refused("signature-in-the-future-of-iat", printed("future", iat=NOW + 61), 6, "not_yet_valid"),
    ]
