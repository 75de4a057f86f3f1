"""A partner's sites and the people at its desks."""

from __future__ import annotations

from flask import request

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, officer
from suchang.web.console.partner.partner_page import Answer, act, once_shown, partner_page, text
from suchang.web.languages import gettext
from suchang.workflows.partner import overview, partners


@blueprint.post("/partners/<partner_id>/sites")
def partner_site(partner_id: str) -> Answer:
    """Add a site."""
    name, city = text("name"), text("city", 6)
    if not name:
        return partner_page(partner_id, gettext("请填写窗口名称。")), 422
    return act(
        partner_id, lambda: overview.add_site(collaborators(), officer(), partner_id, name=name, city=city), "sites"
    )


@blueprint.post("/partners/<partner_id>/operators")
def partner_operator(partner_id: str) -> Answer:
    """Return a person at a desk an account; the first password is drawn and shown once."""
    username, name, site = text("username", 64), text("name", 60), text("site", 40)
    if not username or not name:
        return partner_page(partner_id, gettext("请填写用户名和姓名。")), 422

    def act() -> dict[str, str]:
        password = overview.new_password()
        partners.add_desk_operator(
            collaborators(), officer(), partner_id, site_id=site, username=username, name=name, password=password,
            scopes=request.form.getlist("scopes")[:40],
        )  # fmt: skip
        return {"what": "password", "name": username, "secret": password}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/operators/<operator_id>/state")
def operator_state(partner_id: str, operator_id: str) -> Answer:
    """Close an account at a desk, or open it again."""
    active = request.form.get("state") == "active"
    return act(
        partner_id,
        lambda: overview.set_operator_state(collaborators(), officer(), partner_id, operator_id, active=active),
        "operators",
    )


@blueprint.post("/partners/<partner_id>/operators/<operator_id>/password")
def operator_password(partner_id: str, operator_id: str) -> Answer:
    """Return an account at a desk a new password."""

    def act() -> dict[str, str]:
        password = overview.renew_password(collaborators(), officer(), partner_id, operator_id)
        return {"what": "password", "name": text("username", 64), "secret": password}

    return once_shown(partner_id, act)
