"""``/me/records``: who verified the card."""

from __future__ import annotations

from flask import render_template

from suchang.web.auth import collaborators
from suchang.web.holder.frame import blueprint, me
from suchang.workflows.card import verification_history


@blueprint.get("/records")
def records() -> str:
    """Show who verified the card."""
    return render_template("holder/verification/records.html", visits=verification_history.mine(collaborators(), me()))
