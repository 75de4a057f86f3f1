"""Routes of webhooks: officers register addresses, partners look at deliveries and have them sent again."""

from __future__ import annotations

from typing import Any

from flask import Response, json

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import officer, partner
from suchang.workflows.partner import webhooks

office = Blueprint("webhooks_office", __name__, url_prefix="/api/v1", description="Webhooks, for officers")
office.before_request(auth.officer())

own = Blueprint("own_webhooks", __name__, url_prefix="/api/v1", description="A partner's own webhooks")
own.before_request(auth.partner())


def _secret(body: dict[str, Any]) -> Response:
    shown = json.dumps(body, ensure_ascii=False)
    return Response(shown, 201, content_type="application/json", headers={"Cache-Control": "no-store"})


@office.post("/partners/<partner_id>/webhooks")
@office.arguments(schemas.partner.WebhookBody)
def register(body: dict[str, Any], partner_id: str) -> Response:
    """Take an address in; its secret is shown once."""
    return _secret(webhooks.register(collaborators(), officer(), partner_id, body["url"]))


@office.post("/webhooks/<endpoint_id>/secret")
@office.arguments(schemas.common.NothingBody)
def rotate(body: dict[str, Any], endpoint_id: str) -> Response:  # noqa: ARG001 - an empty body
    """Rotate an address's secret; for a day deliveries are signed with both."""
    return _secret(webhooks.rotate(collaborators(), officer(), endpoint_id))


@office.put("/webhooks/<endpoint_id>/state")
@office.arguments(schemas.partner.PartnerStateBody)
@office.response(200)
def state(body: dict[str, Any], endpoint_id: str) -> dict[str, Any]:
    """Suspend or restore an address."""
    return webhooks.set_state(collaborators(), officer(), endpoint_id, body["state"])


@own.get("/webhooks/deliveries")
@own.response(200)
def deliveries() -> dict[str, Any]:
    """List the newest deliveries to your addresses."""
    return {"items": webhooks.deliveries(collaborators(), partner())}


@own.post("/webhooks/deliveries/<delivery_id>/replay")
@own.arguments(schemas.common.NothingBody)
@own.response(202)
def replay(body: dict[str, Any], delivery_id: str) -> dict[str, Any]:  # noqa: ARG001 - an empty body
    """Have a delivery sent again."""
    return webhooks.replay(collaborators(), partner(), delivery_id)
