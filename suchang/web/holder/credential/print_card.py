"""The printed card, and phones taken off it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators
from suchang.web.holder.credential.paper_code import paper_code
from suchang.web.holder.frame import blueprint, held_card, me
from suchang.web.languages import gettext
from suchang.workflows.credential import credentials, devices


@blueprint.post("/devices/<device_id>/remove")
def remove_device(device_id: str) -> BaseResponse:
    """Take a phone off the card."""
    devices.remove_device(collaborators(), me(), device_id)
    return redirect(url_for(".settings"))


@blueprint.route("/print", methods=["GET", "POST"])
def print_card() -> str | BaseResponse:
    """Show the printed card; a new print voids the old one."""
    held = held_card()
    if held is None or held["state"] != "active":
        return redirect(url_for(".card"))
    printed = credentials.printed_code(collaborators(), me(), renew=request.method == "POST")
    code = paper_code(printed["presentation"], gettext("打印的出示码"))
    return render_template("holder/credential/print.html", card=held, code=code, expires=printed["expires_at"])
