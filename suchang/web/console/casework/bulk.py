"""Approve identical, straightforward applications at one sitting: who first, then one by one what became of each."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import render_template, request

from suchang.domain.clock import local_date
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.languages import gettext, in_language
from suchang.web.words.problems import explain_code
from suchang.web.words.proofs import rule_name
from suchang.workflows.casework import bulk_approval, phrases


@blueprint.get("/bulk")
def bulk() -> str:
    """Show who could be approved together, by tier and rule, and who can't and why."""
    return _page([])


def _page(results: list[dict[str, Any]], wrong: str = "") -> str:
    found = bulk_approval.candidates(collaborators(), officer())
    today = local_date(collaborators().clock())
    plain = sorted((one for one in found if one["refused"] is None), key=_kind)
    return render_template(
        "console/casework/bulk.html",
        groups=[{"tier": key[0], "rule": key[1], "applications": list(alike)} for key, alike in groupby(plain, _kind)],
        others=[
            {**one, "why": in_language(one["detail"]["zh"], one["detail"]["en"])} for one in found if one["refused"]
        ],
        results=results,
        wrong=wrong,
        reason=request.form.get("reason", "") if wrong else "",
        phrases=[one for one in phrases.usable(collaborators(), officer()) if one["kind"] == "approve"],
        at_once=bulk_approval.AT_ONCE,
        rule_name=lambda rule: rule_name(collaborators().engine.pack, rule, today),
        **frame(),
    )


def _kind(one: dict[str, Any]) -> tuple[str, str]:
    return one["tier"], one["rule"] or ""


@blueprint.post("/bulk")
def bulk_approve() -> str | tuple[str, int]:
    """Approve the chosen applications, each by itself."""
    chosen = [text.rpartition(":") for text in request.form.getlist("application")]
    items = [
        (application_id[:64], int(version))
        for application_id, _, version in chosen
        if version.isdigit() and len(version) < 10
    ]
    reason = request.form.get("reason", "").strip()[:2000]
    if not items or not reason:
        return _page([], gettext("请至少选一份申请，并写明理由。")), 409
    if len(items) > bulk_approval.AT_ONCE:
        return _page([], gettext("一次最多批准 %(most)s 份。", most=bulk_approval.AT_ONCE)), 409
    names = {one["id"]: one["name"] for one in bulk_approval.candidates(collaborators(), officer())}
    done = bulk_approval.approve(collaborators(), officer(), items, reason=reason)
    told = [
        {**one, "name": names.get(one["id"], one["id"]), "why": explain_code(one["refused"], one["detail"])}
        if "refused" in one
        else {**one, "name": names.get(one["id"], one["id"]), "why": ""}
        for one in done
    ]
    return _page(told)
