"""A partner's programs: their scopes, secrets and networks."""

from __future__ import annotations

from flask import request

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, officer
from suchang.web.console.partner.partner_page import Answer, act, once_shown, partner_page, text
from suchang.web.languages import gettext
from suchang.workflows.partner import clients, partners


@blueprint.post("/partners/<partner_id>/clients")
def partner_client(partner_id: str) -> Answer:
    """Return a program an identifier and a secret."""
    name, site = text("name"), text("site", 40)
    if not name:
        return partner_page(partner_id, gettext("请填写程序名称。")), 422

    def act() -> dict[str, str]:
        made = partners.add_client(
            collaborators(),
            officer(),
            partner_id,
            name=name,
            scopes=request.form.getlist("scopes")[:40],
            site_id=site or None,
        )
        return {"what": "client", "name": made.client_id, "secret": made.secret}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/clients/<client_id>/secret")
def client_secret(partner_id: str, client_id: str) -> Answer:
    """Rotate a program's secret."""

    def act() -> dict[str, str]:
        at_once = request.form.get("at_once") == "yes"
        made = clients.rotate_secret(collaborators(), officer(), partner_id, client_id, at_once=at_once)
        return {"what": "client", "name": made.client_id, "secret": made.secret}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/clients/<client_id>/networks")
def client_networks(partner_id: str, client_id: str) -> Answer:
    """Say from which networks a program may call."""
    networks = request.form.get("networks", "")[:4000].replace(",", " ").split()[:50]
    return act(
        partner_id,
        lambda: clients.set_networks(collaborators(), officer(), partner_id, client_id, networks),
        "clients",
    )


@blueprint.post("/partners/<partner_id>/clients/<client_id>/state")
def client_state(partner_id: str, client_id: str) -> Answer:
    """Suspend or restore a program."""
    state = "suspended" if request.form.get("state") == "suspended" else "active"
    return act(
        partner_id, lambda: clients.set_state(collaborators(), officer(), partner_id, client_id, state), "clients"
    )
