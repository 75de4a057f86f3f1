"""Checks 8 and 9: status, age of keys and lists, purpose."""

from __future__ import annotations

from typing import Any

from tests.vectors.making.case import accepted, refused, unknown
from tests.vectors.making.lists import REFUSED_LISTS
from tests.vectors.making.world import (
    DAY,
    DOMAINS,
    ISS,
    NOW,
    ODD_IDX,
    REVOKED_IDX,
    SUSPENDED_IDX,
    URI,
    device,
    drawn,
    online,
    printed,
)

Case = dict[str, Any]


def at(idx: int, uri: str = URI) -> dict[str, Any]:
    return {"status_list": {"idx": idx, "uri": uri}}


def cases() -> list[Case]:
    """Return the cases of this page."""
    return _states() + _lists() + _online() + _rings() + _purposes()


def _states() -> list[Case]:
    return [
        refused("status-revoked", device("status-revoked", status=at(REVOKED_IDX)), 8, "revoked"),
        refused("status-revoked-print", printed("status-revoked-print", status=at(REVOKED_IDX)), 8, "revoked"),
        refused("status-suspended", device("status-suspended", status=at(SUSPENDED_IDX)), 8, "suspended"),
        unknown("status-of-value-3", device("status-3", status=at(ODD_IDX)), 8, "status_unknown"),
        refused("status-revoked-before-not-entitled", device("rne", status=at(REVOKED_IDX), dom=0), 8, "revoked"),
        accepted("status-beside-a-revoked-one", device("beside", status=at(REVOKED_IDX - 1))),
    ]


def _lists() -> list[Case]:
    def judged(name: str, lists: list[str], **more: Any) -> Case:
        return unknown(name, device(name), 8, "status_unknown", lists=lists, **more)

    result = [judged(f"list-refused-{name.replace('_', '-')}", [name]) for name in REFUSED_LISTS]
    elsewhere = at(7, f"{ISS}/status-lists/9")
    return [
        *result,
        judged("list-missing", []),
        judged("list-expired", ["expired"]),
        judged("list-expired-long-ago", ["expired_long_ago"]),
        unknown("list-expired-revoked", device("ler", status=at(REVOKED_IDX)), 8, "status_unknown", lists=["expired"]),
        judged("list-of-another-issuer", ["by_other_issuer"], ring="two_issuers"),
        unknown("list-of-another-address", device("elsewhere", status=elsewhere), 8, "status_unknown"),
        accepted("list-after-ttl", device("after-ttl"), lists=["after_ttl"], as_of=NOW - 7200),
        accepted("list-in-its-last-second", device("last-second"), lists=["last_second"], as_of=NOW - DAY + 1),
        accepted("list-60-ahead", device("ahead-60"), lists=["ahead_60"]),
        accepted("list-by-a-retired-key-in-time", device("retired-list"), lists=["by_retired_in_time"]),
        refused("list-newer-wins", device("newer"), 8, "revoked", lists=["usual", "newer_revoked"]),
        refused("list-older-is-refused", device("older"), 8, "revoked", lists=["newer_revoked", "usual"]),
        accepted("list-bad-one-does-not-displace-a-good-one", device("displace"), lists=["usual", "altered"]),
        accepted("list-young-enough", device("young"), max_status_age=600),
        judged("list-too-old-for-the-item", ["usual"], max_status_age=599),
        refused("list-missing-and-not-entitled", device("lmne", dom=0), 9, "not_entitled", lists=[]),
        refused("list-missing-and-stale", device("lms"), 7, "stale_presentation", lists=[], now=NOW + 61),
        refused("list-missing-and-out-of-scope", device("lmo"), 9, "out_of_scope", lists=[], scope=["finance"]),
    ]


def _online() -> list[Case]:
    def asked(name: str, state: str) -> dict[str, Any]:
        return {"mode": "online", "statuses": {drawn(f"sub {name}", 16): state}, "lists": []}

    return [
        accepted("online-code", online("online-code"), assurance="online", **asked("online-code", "valid")),
        refused("online-code-revoked", online("ocr"), 8, "revoked", **asked("ocr", "revoked")),
        refused("online-code-suspended", online("ocs"), 8, "suspended", **asked("ocs", "suspended")),
        unknown("online-code-unanswered", online("ocu"), 8, "status_unknown", **asked("ocu", "status_unknown")),
        accepted("online-device", device("online-device"), as_of=NOW, **asked("online-device", "valid")),
        refused("online-device-revoked", device("odr"), 8, "revoked", **asked("odr", "revoked")),
        refused("online-print-suspended", printed("ops"), 8, "suspended", **asked("ops", "suspended")),
        unknown("online-device-unanswered", device("odu"), 8, "status_unknown", **asked("odu", "status_unknown")),
        unknown("online-code-without-a-network", online("ocn"), 8, "online_required"),
        refused("online-code-without-a-network-stale", online("ocns"), 6, "stale_presentation", now=NOW + 50),
        refused("online-code-without-a-network-not-entitled", online("ocnn", dom=0), 9, "not_entitled"),
    ]


def _rings() -> list[Case]:
    limit = {"ring_fetched": NOW - 7 * DAY}
    older = {"ring_fetched": NOW - 7 * DAY - 1}
    return [
        accepted("ring-of-seven-days", device("ring-7"), **limit),
        unknown("ring-older-than-seven-days", device("ring-8"), 8, "status_unknown", **older),
        refused("ring-older-and-revoked", device("ring-r", status=at(REVOKED_IDX)), 8, "revoked", **older),
        refused("ring-older-and-not-entitled", device("ring-n", dom=0), 9, "not_entitled", **older),
        unknown("ring-older-and-online-code", online("ring-o"), 8, "online_required", **older),
    ]


def _purposes() -> list[Case]:
    result = []
    for domain, bit in DOMAINS.items():
        result.append(accepted(f"domain-{domain}", printed(f"domain-{domain}", dom=1 << bit), purpose=domain))
        code = printed(f"not-{domain}", dom=(1 << 31) - 1 - (1 << bit))
        result.append(refused(f"domain-not-{domain}", code, 9, "not_entitled", purpose=domain))
    device_only, held = ["device"], ["device", "online"]
    missing = "holder_proof_missing"
    valid = {"mode": "online", "lists": []}
    return [
        *result,
        accepted("scope-of-the-partner", device("scope"), scope=["finance", "medical"]),
        refused("scope-of-another-domain", device("no-scope"), 9, "out_of_scope", scope=["finance"]),
        refused("scope-of-nothing", device("empty-scope"), 9, "out_of_scope", scope=[]),
        refused("scope-before-entitlement", device("scope-first", dom=0), 9, "out_of_scope", scope=["finance"]),
        accepted("device-where-a-device-is-demanded", device("demanded"), accepts=device_only),
        refused("print-where-a-device-is-demanded", printed("print-demanded"), 9, missing, accepts=device_only),
        refused("print-where-a-phone-is-demanded", printed("print-phone"), 9, missing, accepts=held),
        refused(
            "online-where-a-device-is-demanded",
            online("online-demanded"),
            9,
            missing,
            accepts=device_only,
            statuses={drawn("sub online-demanded", 16): "valid"},
            **valid,
        ),
        accepted("print-where-print-is-taken", printed("print-taken"), accepts=["device", "print"]),
        accepted("no-purpose", device("no-purpose", dom=0), purpose=None),
    ]
