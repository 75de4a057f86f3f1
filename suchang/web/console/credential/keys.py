"""The issuer's signing keys, for the key custodian: which there are, and the next one taken into use."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.languages import gettext
from suchang.workflows.credential import signing_keys


@blueprint.get("/keys")
def key_list() -> str:
    """List the ring of keys, oldest first."""
    officer().need(Role.KEY_CUSTODIAN)
    return _page(done="done" in request.args)


def _page(wrong: str = "", *, done: bool = False) -> str:
    states = {
        "next": gettext("待用"),
        "active": gettext("使用中"),
        "retired": gettext("已退役"),
        "revoked": gettext("已吊销"),
    }
    keys = signing_keys.list_keys(collaborators())
    return render_template("console/credential/keys.html", keys=keys, states=states, wrong=wrong, done=done, **frame())


@blueprint.post("/keys/rotation")
def key_rotate() -> BaseResponse | tuple[str, int]:
    """Take the next key into use, retire the active one, publish a new next one."""
    officer().need(Role.KEY_CUSTODIAN)
    if request.form.get("sure") != "yes":
        return _page(gettext("请先确认要轮换密钥。")), 422
    signing_keys.rotate(collaborators(), officer())
    return redirect(url_for(".key_list", done=1))
