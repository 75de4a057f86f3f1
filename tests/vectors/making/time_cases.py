"""Checks 6, 7 and 10: time, the holder's proof, challenges, replay, and clocks that can't be believed."""

from __future__ import annotations

from typing import Any

from tests.vectors.making.case import accepted, refused, unknown
from tests.vectors.making.world import (
    DAY,
    HOUR,
    NOW,
    PHONE2,
    REVOKED_IDX,
    URI,
    compact,
    credential,
    device,
    drawn,
    hash_of,
    online,
    payload,
    printed,
    proof,
    text,
)

Case = dict[str, Any]
REVOKED = {"status_list": {"idx": REVOKED_IDX, "uri": URI}}
STALE, EARLY, INVALID = "stale_presentation", "not_yet_valid", "holder_proof_invalid"


def cases() -> list[Case]:
    """Return the cases of this page."""
    return _ages() + _validity() + _proofs() + _challenges() + _replay() + _clock()


def _ages() -> list[Case]:
    result = []
    for age in (-11, -10, -1, 0, 30, 50, 51, 61, 3600):
        name, more = f"proof-age-{age}", {"now": NOW + age}
        reason = EARLY if age < -10 else STALE if age > 50 else None
        code = device(name)
        result.append(refused(name, code, 7, reason, **more) if reason else accepted(name, code, **more))
    for age in (-11, -10, 0, 49, 50, 51, 61):
        name = f"online-age-{age}"
        reason = EARLY if age < -10 else STALE if age >= 50 else None
        code, more = online(name), {"now": NOW + age, "mode": "online", "statuses": {drawn(f"sub {name}", 16): "valid"}}
        result.append(refused(name, code, 6, reason, **more) if reason else accepted(name, code, **more))
    phone_ahead = {"iat": NOW + 10}
    return [
        *result,
        accepted(
            "screenshot-after-60-seconds-of-a-phone-10-ahead", device("s60", proof_changes=phone_ahead), now=NOW + 60
        ),
        refused("screenshot-after-61-seconds", device("s61", proof_changes=phone_ahead), 7, STALE, now=NOW + 61),
    ]


def _validity() -> list[Case]:
    end = HOUR + 300 * DAY
    late = {"ring_fetched": end, "lists": ["usual"]}
    return [
        refused("exp-now", printed("exp-now", exp=NOW), 6, "expired"),
        accepted("exp-in-a-second", printed("exp-in-a-second", exp=NOW + 1)),
        refused("exp-long-ago", printed("exp-long-ago"), 6, "expired", now=end + 3600, **late),
        refused("exp-before-staleness", device("exp-stale", exp=NOW), 6, "expired", now=NOW + 61),
        accepted("nbf-past", printed("nbf-past", nbf=NOW - 1)),
        accepted("nbf-60-ahead", printed("nbf-60", nbf=NOW + 60)),
        refused("nbf-61-ahead", printed("nbf-61", nbf=NOW + 61), 6, EARLY),
        accepted("iat-60-ahead", printed("iat-60", iat=NOW + 60)),
        refused("iat-61-ahead", printed("iat-61", iat=NOW + 61), 6, EARLY),
        refused("nbf-far-ahead-on-a-phone", device("nbf-far", nbf=NOW + DAY), 6, EARLY),
    ]


def _proofs() -> list[Case]:
    first = credential(payload("device", "proofs"))
    other = credential(payload("device", "others"))

    def wrong(name: str, **changes: Any) -> Case:
        return refused(f"proof-{name}", text(first, proof(first, name, **changes)), 7, INVALID)

    return [
        refused("proof-stripped", text(first), 7, "holder_proof_missing"),
        wrong("by-another-phone", key=PHONE2),
        wrong("for-another-audience", aud="urn:suchang:desks"),
        wrong("for-a-partner", aud="urn:suchang:partner:par_1"),
        wrong("with-a-long-nonce", nonce="A" * 22),
        wrong("with-hash-of-nothing", sd_hash=hash_of(first, "")),
        wrong("with-hash-of-another-credential", sd_hash=hash_of(other)),
        wrong("with-hash-of-both", sd_hash=hash_of(first, "~" + compact(proof(first, "inner")))),
        refused("proof-of-another-credential", text(first, proof(other, "another")), 7, INVALID),
        refused("proof-invalid-before-stale", text(first, proof(first, "pis", key=PHONE2)), 7, INVALID, now=NOW + 61),
    ]


def _challenges() -> list[Case]:
    asked = {"nonce": drawn("challenge", 16), "partner": "par_1", "issued_at": NOW - 20}
    more = {"challenge": asked}

    def answer(name: str, **changes: Any) -> str:
        usual = {"aud": "urn:suchang:partner:par_1", "nonce": asked["nonce"]}
        return device(f"challenge-{name}", proof_changes={**usual, **changes})

    return [
        accepted("challenge-answered", answer("answered"), **more),
        refused("challenge-other-nonce", answer("nonce", nonce=drawn("other", 16)), 7, INVALID, **more),
        refused("challenge-other-partner", answer("partner", aud="urn:suchang:partner:par_2"), 7, INVALID, **more),
        refused("challenge-desk-proof", device("challenge-desk"), 7, INVALID, **more),
        refused("challenge-desk-audience", answer("aud", aud="urn:suchang:desk"), 7, INVALID, **more),
        refused("challenge-short-nonce", answer("short", nonce="A" * 16), 7, INVALID, **more),
        refused("challenge-proof-without-challenge", answer("none"), 7, INVALID),
        refused("challenge-print", printed("challenge-print"), 7, "holder_proof_missing", **more),
        refused("challenge-stripped", text(credential(payload("device", "cs"))), 7, "holder_proof_missing", **more),
        accepted("challenge-60-seconds-old", answer("60"), challenge={**asked, "issued_at": NOW - 60}),
        refused("challenge-61-seconds-old", answer("61"), 7, STALE, challenge={**asked, "issued_at": NOW - 61}),
        refused("challenge-answer-51-seconds-old", answer("51", iat=NOW - 51), 7, STALE, **more),
    ]


def _replay() -> list[Case]:
    def sub(name: str) -> str:
        return drawn(f"sub {name}", 16)

    def seen(name: str, nonce: str) -> dict[str, Any]:
        return {"seen": [[sub(name), nonce]]}

    in_time = {"mode": "online", "statuses": {sub("replay-online"): "valid"}}
    return [
        refused("replay", device("replay"), 10, "replayed", **seen("replay", drawn("nonce replay", 12))),
        accepted("replay-other-nonce", device("other-nonce"), **seen("other-nonce", "A" * 16)),
        accepted("replay-same-nonce-other-credential", device("other-sub"), **seen("x", drawn("nonce other-sub", 12))),
        unknown(
            "replay-of-an-unknown-is-unknown",
            device("replay-unknown"),
            8,
            "status_unknown",
            lists=[],
            **seen("replay-unknown", drawn("nonce replay-unknown", 12)),
        ),
        refused(
            "replay-of-an-online-code",
            online("replay-online"),
            10,
            "replayed",
            seen=[[sub("replay-online"), drawn("jti replay-online", 12)]],
            **in_time,
        ),
        accepted("print-shown-again", printed("print-again"), **seen("print-again", "A" * 16)),
    ]


def _clock() -> list[Case]:
    behind, ahead = {"high_water": NOW + 61}, {"last_offset": 11}
    first = credential(payload("device", "clock"))
    return [
        accepted("clock-60-behind", device("clock-60"), high_water=NOW + 60),
        unknown("clock-61-behind", device("clock-61"), 6, "clock_unsure", **behind),
        accepted("clock-10-off", device("clock-10"), last_offset=10),
        unknown("clock-11-off", device("clock-11"), 6, "clock_unsure", **ahead),
        unknown("clock-11-off-the-other-way", device("clock-11-"), 6, "clock_unsure", last_offset=-11),
        unknown("clock-unsure-and-stale", device("clock-stale"), 6, "clock_unsure", now=NOW + 61, **ahead),
        unknown("clock-unsure-and-expired", printed("clock-expired", exp=NOW), 6, "clock_unsure", **ahead),
        unknown("clock-unsure-and-early", device("clock-early"), 6, "clock_unsure", now=NOW - 11, **ahead),
        unknown("clock-unsure-and-no-list", device("clock-none"), 6, "clock_unsure", lists=[], **ahead),
        unknown("clock-unsure-and-online-code", online("clock-online"), 6, "clock_unsure", **ahead),
        refused("clock-unsure-and-stripped", text(first), 7, "holder_proof_missing", **ahead),
        refused("clock-unsure-and-forged", text(first, proof(first, "cuf", key=PHONE2)), 7, INVALID, **ahead),
        refused("clock-unsure-and-revoked", device("clock-revoked", status=REVOKED), 8, "revoked", **ahead),
        refused("clock-unsure-and-not-entitled", device("clock-dom", dom=0), 9, "not_entitled", **ahead),
        refused("clock-unsure-stale-and-revoked", device("csr", status=REVOKED), 8, "revoked", now=NOW + 61, **ahead),
    ]
