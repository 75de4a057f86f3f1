"""``/me/benefits``: every entitlement of the holder and the family."""

from __future__ import annotations

from flask import render_template

from suchang.web.auth import collaborators
from suchang.web.holder import words
from suchang.web.holder.frame import blueprint, held_card, me
from suchang.workflows.card import dependants
from suchang.workflows.redemption import benefits


def _family() -> dict[str, str]:
    return {one["id"]: words.member(one) for one in dependants.mine(collaborators(), me())}


@blueprint.get("/benefits")
def my_benefits() -> str:
    """Show every entitlement, by domain."""
    rights = benefits.mine(collaborators(), me()) if held_card() else []
    return render_template("holder/redemption/benefits.html", groups=words.grouped(rights, _family()))
