"""Check 3: the members of credential and proof, each with its type. Check 6: what a ``vct`` demands and forbids."""

from __future__ import annotations

from typing import Any

from tests.vectors.making.case import accepted, refused
from tests.vectors.making.world import (
    HOUR,
    ISS,
    NOW,
    PHONE,
    URI,
    b64,
    credential,
    device,
    edited,
    online,
    payload,
    printed,
    proof,
    text,
    without,
)

Case = dict[str, Any]
MISSING = object()


def cases() -> list[Case]:
    """Return the cases of this page."""
    return _members() + _status_and_key() + _proof_members() + _profile() + _good()


def _members() -> list[Case]:
    wrong: dict[str, list[Any]] = {
        "exp": [MISSING, str(HOUR + 9_000_000), True, None, -1, 253_402_300_800, 10**30, [HOUR + 9_000_000]],
        "iat": [MISSING, str(HOUR), True, -1],
        "nbf": ["0", True, None, -1],
        "iss": [MISSING, 7, "", "https://" + "a" * 249],
        "vct": [MISSING, 7, None, ["urn:suchang:card:print:1"]],
        "sub": [MISSING, 7, "", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 20 + "=="],
        "tier": [MISSING, 1, "", "A" * 17, "A B", "甲"],
        "name": [MISSING, 7, "", "张" * 65, "张\u0007*", "张\u0085*"],
        "dom": [MISSING, "4", True, -1, 1 << 31, [4]],
        "rel": ["uncle", "", None, 1, ["child"]],
        "jti": ["A" * 15, "A" * 17, 7, None, "A" * 15 + "="],
        "_sd": [[]],
        "_sd_alg": ["sha-256"],
    }
    result = []
    for member, values in wrong.items():
        for number, value in enumerate(values):
            name = f"claim-{member}-{'missing' if value is MISSING else f'wrong-{number}'}"
            body = without(payload("print", name), member)
            body = body if value is MISSING else {**body, member: value}
            result.append(refused(name, text(credential(body)), 3, "malformed"))
    exp = f'"exp":{HOUR + 300 * 86400}'.encode()
    result.append(refused("claim-exp-fraction", edited("exp-fraction", exp, exp + b".0"), 3, "malformed"))
    result.append(refused("claim-exp-exponent", edited("exp-exponent", exp, b'"exp":18e8'), 3, "malformed"))
    return result


def _status_and_key() -> list[Case]:
    inner = {"idx": 7, "uri": URI}
    statuses: list[Any] = [
        None,
        {},
        [],
        inner,
        {"status_list": None},
        {"status_list": {"idx": 7}},
        {"status_list": {"uri": URI}},
        {"status_list": {**inner, "extra": 1}},
        {"status_list": inner, "extra": 1},
        *({"status_list": {"idx": idx, "uri": URI}} for idx in ("7", -1, 1 << 20, True, None)),
        *({"status_list": {"idx": 7, "uri": uri}} for uri in (7, "", URI + "/" + "a" * 250)),
    ]
    jwk = PHONE.jwk
    keys: list[Any] = [
        None,
        {},
        jwk,
        {"jwk": jwk, "kid": "phone"},
        {"jwk": {**jwk, "kid": "phone"}},
        {"jwk": {**jwk, "d": b64((99).to_bytes(32))}},
        {"jwk": {**jwk, "crv": "P-384"}},
        {"jwk": {**jwk, "kty": "OKP"}},
        {"jwk": without(jwk, "y")},
        {"jwk": {**jwk, "x": jwk["x"][:-1]}},
        {"jwk": {**jwk, "x": jwk["x"] + "="}},
        {"jwk": {**jwk, "x": "A" * 42 + "B"}},
        {"jwk": {**jwk, "x": 7}},
    ]
    result = [
        refused(f"status-shape-{number}", printed(f"status-shape-{number}", status=status), 3, "malformed")
        for number, status in enumerate(statuses)
    ]
    result += [
        refused(f"cnf-shape-{number}", device(f"cnf-shape-{number}", cnf=cnf), 3, "malformed")
        for number, cnf in enumerate(keys)
    ]
    off_curve = {"jwk": {**jwk, "y": b64((5).to_bytes(32))}}
    result.append(refused("cnf-off-the-curve", device("cnf-off", cnf=off_curve), 6, "malformed"))
    return result


def _proof_members() -> list[Case]:
    wrong: dict[str, list[Any]] = {
        "iat": [MISSING, str(NOW), True, -1],
        "aud": [MISSING, 7, "", ["urn:suchang:desk"]],
        "nonce": [MISSING, 7, "", "A" * 15, "A" * 17, "A" * 21 + "B", "A" * 15 + "="],
        "sd_hash": [MISSING, 7, "A" * 42, "A" * 44, "A" * 42 + "B"],
        "extra": [1],
    }
    result = []
    for member, values in wrong.items():
        for number, value in enumerate(values):
            name = f"proof-{member}-{'missing' if value is MISSING else f'wrong-{number}'}"
            first = credential(payload("device", name))
            if value is MISSING:
                second = proof(first, name, raw=lambda body, gone=member: without(body, gone))
            else:
                second = proof(first, name, **{member: value})
            result.append(refused(name, text(first, second), 3, "malformed"))
    return result


def _profile() -> list[Case]:
    def device_body(name: str, *names: str) -> str:
        first = credential(without(payload("device", name), *names))
        return text(first, proof(first, name))

    def wrong(name: str, value: str, **more: Any) -> Case:
        return refused(f"profile-{name}", value, 6, "malformed", **more)

    def other(name: str, vct: str) -> Case:
        return refused(f"profile-{name}", printed(f"profile-{name}", vct=vct), 6, "unsupported_format")

    jwk, status = {"jwk": PHONE.jwk}, {"status_list": {"idx": 7, "uri": URI}}
    return [
        wrong("device-without-key", device_body("device-without-key", "cnf")),
        wrong("device-without-status", device_body("device-without-status", "status")),
        wrong("device-with-jti", device("device-with-jti", jti="A" * 16)),
        wrong("print-with-key", printed("print-with-key", cnf=jwk)),
        wrong("print-with-jti", printed("print-with-jti", jti="A" * 16)),
        wrong("print-without-status", text(credential(without(payload("print", "pws"), "status")))),
        wrong("print-that-says-device", printed("print-says-device", vct="urn:suchang:card:device:1")),
        wrong("device-that-says-print", device("device-says-print", vct="urn:suchang:card:print:1")),
        wrong("online-with-key", online("online-with-key", cnf=jwk)),
        wrong("online-with-status", online("online-with-status", status=status)),
        wrong("online-without-jti", text(credential(without(payload("online", "owj"), "jti")))),
        wrong("online-of-51-seconds", online("online-51", exp=NOW + 51)),
        wrong("exp-at-iat", printed("exp-at-iat", iat=HOUR, exp=HOUR)),
        wrong("exp-before-iat", printed("exp-before-iat", iat=HOUR, exp=HOUR - 1)),
        other("later-release", "urn:suchang:card:print:2"),
        other("no-release", "urn:suchang:card:print"),
        other("of-no-kind", "urn:suchang:card:vip:1"),
        other("upper-case", "URN:SUCHANG:CARD:PRINT:1"),
        other("proto", "__proto__"),
        other("empty", ""),
        refused(
            "profile-print-with-proof",
            text(first := credential(payload("print", "pwp")), proof(first, "pwp")),
            7,
            "malformed",
        ),
        refused(
            "profile-online-with-proof",
            text(second := credential(payload("online", "owp")), proof(second, "owp")),
            7,
            "malformed",
        ),
    ]


def _good() -> list[Case]:
    result = [
        accepted("good-device", device("good-device"), assurance="device", as_of=NOW - 600),
        accepted("good-print", printed("good-print"), assurance="print"),
    ]
    result += [
        accepted(f"good-{rel}", device(f"good-{rel}", rel=rel), relation=rel) for rel in ("spouse", "child", "parent")
    ]
    result += [accepted(f"good-tier-{tier}", printed(f"good-{tier}", tier=tier), tier=tier) for tier in "ABCDE"]
    last = {"status_list": {"idx": (1 << 20) - 1, "uri": URI}}
    return [
        *result,
        accepted("good-last-index", printed("good-last-index", status=last)),
        accepted("good-first-index", printed("good-first", status={"status_list": {"idx": 0, "uri": URI}})),
        accepted("good-long-name", printed("good-long-name", name="张" * 64)),
        accepted("good-all-31-domains", printed("good-31", dom=(1 << 31) - 1)),
        accepted("good-last-moment", printed("good-last-moment", exp=253_402_300_799)),
        accepted("good-iss-as-known", printed("good-iss", iss=ISS)),
    ]
