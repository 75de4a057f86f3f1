"""A partner's webhook addresses and what was delivered to them."""

from __future__ import annotations

from flask import request

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, officer
from suchang.web.console.partner.partner_page import Answer, act, once_shown, text
from suchang.workflows.partner import overview, webhooks


@blueprint.post("/partners/<partner_id>/webhooks")
def partner_webhook(partner_id: str) -> Answer:
    """Take an address in; its secret is shown once."""

    def act() -> dict[str, str]:
        made = webhooks.register(collaborators(), officer(), partner_id, text("url", 500))
        return {"what": "webhook", "name": made["url"], "secret": made["secret"]}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/webhooks/<endpoint_id>/secret")
def webhook_secret(partner_id: str, endpoint_id: str) -> Answer:
    """Rotate an address's secret."""

    def act() -> dict[str, str]:
        made = webhooks.rotate(collaborators(), officer(), endpoint_id)
        return {"what": "webhook", "name": made["url"], "secret": made["secret"]}

    return once_shown(partner_id, act)


@blueprint.post("/partners/<partner_id>/webhooks/<endpoint_id>/state")
def webhook_state(partner_id: str, endpoint_id: str) -> Answer:
    """Suspend or restore an address."""
    state = "suspended" if request.form.get("state") == "suspended" else "active"
    return act(partner_id, lambda: webhooks.set_state(collaborators(), officer(), endpoint_id, state), "webhooks")


@blueprint.post("/partners/<partner_id>/deliveries/<delivery_id>/again")
def delivery_again(partner_id: str, delivery_id: str) -> Answer:
    """Have a delivery sent again."""
    return act(
        partner_id, lambda: overview.send_again(collaborators(), officer(), partner_id, delivery_id), "deliveries"
    )
