"""The published vectors, read by the JavaScript verifier in Node."""

from __future__ import annotations

import json
from pathlib import Path

from tests.javascript.node import run_node

VECTORS = Path(__file__).parents[1] / "vectors"


def test_answers_are_the_published_ones_when_node_judges_the_vectors():
    published = json.loads((VECTORS / "credentials.json").read_text(encoding="utf-8"))["cases"]
    found = run_node("javascript/verify_cases.js", None, str(VECTORS / "credentials.json"))
    assert len(found) == len(published) >= 150
    assert differences(published, found) == []


def differences(published, found):
    """List what differs: outcome, reason and check of each case, and whatever else the case names."""
    result = []
    for case, answer in zip(published, found, strict=True):
        wanted = {
            "name": case["name"],
            "outcome": case["outcome"],
            "reason": case["reason"],
            "check": case.get("check"),
        }
        for member in ("assurance", "as_of", "tier", "relation"):
            if member in case:
                wanted[member] = case[member]
        got = {member: answer[member] for member in wanted}
        if got != wanted:
            result.append((wanted, got))
    return result


def test_rings_are_refused_when_they_are_broken():
    broken = json.loads((VECTORS / "key-rings.json").read_text(encoding="utf-8"))["broken"]
    assert run_node("javascript/read_rings.js", broken) == [case["name"] for case in broken]


def test_status_list_vectors_pass_in_both_directions():
    vectors = json.loads((VECTORS / "token-status-list.json").read_text(encoding="utf-8"))["vectors"]
    assert run_node("javascript/status_lists.js", vectors) == [[vector["bits"], True, True] for vector in vectors]
