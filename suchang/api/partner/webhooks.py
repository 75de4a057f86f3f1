"""Routes of webhooks: officers register addresses, partners look at deliveries and have them sent again."""

from __future__ import annotations

from typing import Any

from flask import Response, json

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers, for_partners
from suchang.api.partner import answers, schemas
from suchang.api.requests import officer, partner
from suchang.api.schemas import NothingBody
from suchang.workflows.partner import webhooks

officers = for_officers("partner", "webhooks_officers")
partners = for_partners("partner", "webhooks_partners")


def _secret(body: dict[str, Any]) -> Response:
    shown = json.dumps(body, ensure_ascii=False)
    return Response(shown, 201, content_type="application/json", headers={"Cache-Control": "no-store"})


@officers.post("/partners/<partner_id>/webhooks")
@officers.arguments(schemas.WebhookBody)
@officers.response(201, answers.WebhookSecretAnswer)
def register_webhook(body: dict[str, Any], partner_id: str) -> Response:
    """Take an address in; its secret is shown once."""
    return _secret(webhooks.register(collaborators(), officer(), partner_id, body["url"]))


@officers.post("/webhooks/<endpoint_id>/secret")
@officers.arguments(NothingBody)
@officers.response(201, answers.WebhookSecretAnswer)
def rotate_webhook_secret(body: dict[str, Any], endpoint_id: str) -> Response:  # noqa: ARG001 - an empty body
    """Rotate an address's secret; for a day deliveries are signed with both."""
    return _secret(webhooks.rotate(collaborators(), officer(), endpoint_id))


@officers.put("/webhooks/<endpoint_id>/state")
@officers.arguments(schemas.PartnerStateBody)
@officers.response(200, answers.WebhookAnswer)
def set_webhook_state(body: dict[str, Any], endpoint_id: str) -> dict[str, Any]:
    """Suspend or restore an address."""
    return webhooks.set_state(collaborators(), officer(), endpoint_id, body["state"])


@partners.get("/webhooks/deliveries")
@partners.response(200, answers.DeliveriesAnswer)
def list_deliveries() -> dict[str, Any]:
    """List the newest deliveries to your addresses."""
    return {"items": webhooks.deliveries(collaborators(), partner())}


@partners.post("/webhooks/deliveries/<delivery_id>/replay")
@partners.arguments(NothingBody)
@partners.response(202, answers.Delivery)
def replay_delivery(body: dict[str, Any], delivery_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Have a delivery sent again."""
    return webhooks.replay(collaborators(), partner(), delivery_id)
