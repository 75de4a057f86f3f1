"""What the audit keeps has a name on the page: every act and every kind of thing that a workflow writes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from suchang.config import ROOT
from suchang.web.console.audit import words as audit_words


def written(place: int) -> Iterator[str]:
    """Return the texts that stand at a place of the calls of ``audit.record``; those put together are left out."""
    for file in (ROOT / "suchang").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record" and len(node.args) > place:
                at = node.args[place]
                for one in (at.body, at.orelse) if isinstance(at, ast.IfExp) else (at,):
                    if isinstance(one, ast.Constant):
                        yield str(one.value)


def test_act_has_a_name_when_a_workflow_writes_it() -> None:
    acts, kinds = set(written(3)), set(written(4))
    assert len(acts) > 50
    assert sorted(acts - set(audit_words.ACTIONS)) == []
    assert sorted(kinds - set(audit_words.THINGS)) == []


def test_detail_has_a_name_when_a_workflow_writes_it() -> None:
    details = {
        str(one.arg)
        for file in (ROOT / "suchang").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "audit_rows.record")
        for one in node.keywords
        if one.arg is not None
    }
    assert len(details) > 20
    assert sorted(details - set(audit_words.DETAILS)) == []
